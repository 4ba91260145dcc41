/**
 * Results of fragments that later runs may take instead of computing them again: where they lie, by
 * which key they are found, and the memory that tells why one is not.
 */
@NullMarked
package org.golempipeline.cache;

import org.jspecify.annotations.NullMarked;
