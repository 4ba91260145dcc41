/** YAML text to a tree that knows where each of its nodes stands. */
@NullMarked
package org.golempipeline.document;

import org.jspecify.annotations.NullMarked;
