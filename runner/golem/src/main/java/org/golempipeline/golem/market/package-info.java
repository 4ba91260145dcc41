/**
 * What providers offer, and how it compares with what is asked for; hides properties, constraints
 * and prices as providers write them. {@link org.golempipeline.golem.market.MarketView} only looks,
 * nothing is rented or spent.
 */
@NullMarked
package org.golempipeline.golem.market;

import org.jspecify.annotations.NullMarked;
