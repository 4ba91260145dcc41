/** The validated model of a pipeline file, and the JSON Schema that describes one. */
@NullMarked
package org.golempipeline.spec;

import org.jspecify.annotations.NullMarked;
