/** The laws of splitting and merging, tried on a sample of a user's own pipeline. */
@NullMarked
package org.golempipeline.laws;

import org.jspecify.annotations.NullMarked;
