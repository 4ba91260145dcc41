/** The command line: commands, terminal, and the one place that builds the object graph. */
@NullMarked
package org.golempipeline.cli;

import org.jspecify.annotations.NullMarked;
