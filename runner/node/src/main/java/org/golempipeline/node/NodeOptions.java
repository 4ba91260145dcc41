package org.golempipeline.node;

import java.nio.file.Path;

/**
 * How an embedded node is set up.
 *
 * @param port to listen on, on loopback; 0 for any free one
 * @param appKey the only key it knows
 * @param providers how many providers there are
 * @param folder where activities have their scratch folders; made if absent, its content removed at
 *     the end
 * @param seed of everything random
 * @param free whether computing costs nothing; otherwise providers ask a small price
 */
public record NodeOptions(
    int port, String appKey, int providers, Path folder, long seed, boolean free) {

  /** Without the key, which must not reach any log. */
  @Override
  public String toString() {
    return "node with %d providers in %s, seed %d".formatted(providers, folder, seed);
  }
}
