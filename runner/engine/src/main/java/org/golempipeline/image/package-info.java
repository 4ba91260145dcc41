/**
 * Which file each {@code image} of a plan stands for: found at the registry once, kept in the
 * pipeline's lock file, or read from this machine. Done before a run begins.
 */
@NullMarked
package org.golempipeline.image;

import org.jspecify.annotations.NullMarked;
