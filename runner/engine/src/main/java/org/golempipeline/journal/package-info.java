/** Events and plans as JSON: the journal file of a run and what {@code --json} prints. */
@NullMarked
package org.golempipeline.journal;

import org.jspecify.annotations.NullMarked;
