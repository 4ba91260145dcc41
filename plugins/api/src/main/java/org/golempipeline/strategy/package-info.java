/**
 * The plugin interface: how a problem becomes fragments and how their outputs become the answer.
 *
 * <p>A plugin implements {@link org.golempipeline.strategy.SplitStrategy} or {@link
 * org.golempipeline.strategy.MergeStrategy}, names it in {@code META-INF/services} and needs
 * nothing but the JDK and this package.
 */
@NullMarked
package org.golempipeline.strategy;

import org.jspecify.annotations.NullMarked;
