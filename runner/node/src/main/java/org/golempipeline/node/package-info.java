/**
 * The embedded node: yagna's requestor-side REST API, on loopback or for its own process alone,
 * with providers that run exe scripts as processes on this machine. Knows no pipeline.
 */
@NullMarked
package org.golempipeline.node;

import org.jspecify.annotations.NullMarked;
