/** Opening files that may have become anything. */
@NullMarked
package org.golempipeline.plainfile;

import org.jspecify.annotations.NullMarked;
