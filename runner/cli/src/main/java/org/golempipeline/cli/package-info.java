/** The command line: where the process begins, finds its command, and ends. */
@NullMarked
package org.golempipeline.cli;

import org.jspecify.annotations.NullMarked;
