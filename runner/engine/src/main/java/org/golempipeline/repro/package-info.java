/** One fragment of a run as a folder that replays it on this machine. */
@NullMarked
package org.golempipeline.repro;

import org.jspecify.annotations.NullMarked;
