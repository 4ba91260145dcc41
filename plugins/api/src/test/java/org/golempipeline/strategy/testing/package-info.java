/**
 * What plugin authors test their strategies with: extend {@link
 * org.golempipeline.strategy.testing.SplitContract} or {@link
 * org.golempipeline.strategy.testing.MergeContract}, and use {@link
 * org.golempipeline.strategy.testing.Laws} on generated inputs. Needs JUnit and nothing else.
 */
package org.golempipeline.strategy.testing;
