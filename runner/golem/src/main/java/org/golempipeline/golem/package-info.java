/**
 * The words of a requestor's client for a yagna daemon: {@link
 * org.golempipeline.golem.GolemNetwork} rents machines, {@link org.golempipeline.golem.Rental} runs
 * a {@link org.golempipeline.golem.Script} on one, {@link org.golempipeline.golem.GolemEvent} says
 * what happens meanwhile. Knows no daemon and no HTTP: {@code session} opens a network.
 */
@NullMarked
package org.golempipeline.golem;

import org.jspecify.annotations.NullMarked;
