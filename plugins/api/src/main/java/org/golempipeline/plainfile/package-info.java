/** Files that may have become anything, and such as are always whole. */
@NullMarked
package org.golempipeline.plainfile;

import org.jspecify.annotations.NullMarked;
