/** Locks between processes, which the system takes back from the dead. */
@NullMarked
package org.golempipeline.filelock;

import org.jspecify.annotations.NullMarked;
