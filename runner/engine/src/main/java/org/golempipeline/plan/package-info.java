/** A checked pipeline and its input compiled to a DAG of fragments and merges. */
@NullMarked
package org.golempipeline.plan;

import org.jspecify.annotations.NullMarked;
