/** First steps: a first pipeline file and its schema. */
@NullMarked
package org.golempipeline.cli.start;

import org.jspecify.annotations.NullMarked;
