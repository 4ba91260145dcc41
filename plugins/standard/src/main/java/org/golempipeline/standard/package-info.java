/** The built-in split and merge strategies. */
@NullMarked
package org.golempipeline.standard;

import org.jspecify.annotations.NullMarked;
