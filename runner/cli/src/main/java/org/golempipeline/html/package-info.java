/** A recorded run as one page of HTML that needs nothing else. */
@NullMarked
package org.golempipeline.html;

import org.jspecify.annotations.NullMarked;
