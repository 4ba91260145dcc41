/** Run events: the single source of what happened, in JDK types only. */
@NullMarked
package org.golempipeline.event;

import org.jspecify.annotations.NullMarked;
