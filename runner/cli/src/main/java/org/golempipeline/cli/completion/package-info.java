/** Completion in shells. */
@NullMarked
package org.golempipeline.cli.completion;

import org.jspecify.annotations.NullMarked;
