/** Whether two outputs of the same fragment, computed on different machines, count as the same. */
@NullMarked
package org.golempipeline.compare;

import org.jspecify.annotations.NullMarked;
