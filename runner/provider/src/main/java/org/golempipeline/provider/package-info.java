/**
 * This machine as a provider of the user's own yagna: publishes an offer, negotiates, runs what
 * requestors send as exe-units on the daemon's bus, and bills it. Knows no pipeline.
 */
@NullMarked
package org.golempipeline.provider;

import org.jspecify.annotations.NullMarked;
