/**
 * A requestor's client for a yagna daemon. {@link org.golempipeline.golem.GolemNetwork} rents
 * machines, {@link org.golempipeline.golem.Rental} runs scripts on one; scanning, negotiation,
 * agreements, activities, file services, debit notes and invoices stay inside. {@link
 * org.golempipeline.golem.MarketView} only looks at what is offered. Knows no pipeline.
 */
@NullMarked
package org.golempipeline.golem;

import org.jspecify.annotations.NullMarked;
