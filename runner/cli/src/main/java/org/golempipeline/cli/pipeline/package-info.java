/** A pipeline file as a command is given it: with plugins, params, and what the user allows. */
@NullMarked
package org.golempipeline.cli.pipeline;

import org.jspecify.annotations.NullMarked;
