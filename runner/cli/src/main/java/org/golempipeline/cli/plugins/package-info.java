/** Strategies and the jars they come from. */
@NullMarked
package org.golempipeline.cli.plugins;

import org.jspecify.annotations.NullMarked;
