/** Ends and pays what runs left on the network that could not do it themselves. */
@NullMarked
package org.golempipeline.settle;

import org.jspecify.annotations.NullMarked;
