/**
 * What plugin authors test their strategies with: extend {@link
 * org.golempipeline.strategy.testing.SplitContract} or {@link
 * org.golempipeline.strategy.testing.MergeContract}, and use {@link
 * org.golempipeline.strategy.testing.Laws} on generated inputs. Needs JUnit and nothing else.
 */
@NullMarked
package org.golempipeline.strategy.testing;

import org.jspecify.annotations.NullMarked;
