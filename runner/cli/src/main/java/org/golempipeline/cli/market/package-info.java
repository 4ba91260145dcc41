/** Providers and what they offer. */
@NullMarked
package org.golempipeline.cli.market;

import org.jspecify.annotations.NullMarked;
