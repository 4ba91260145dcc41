/** A pipeline tried on misbehaving local providers before money is spent. */
@NullMarked
package org.golempipeline.rehearse;

import org.jspecify.annotations.NullMarked;
