package org.golempipeline.node;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.golempipeline.gvmi.ImageStore;

/**
 * How an embedded node is set up.
 *
 * @param port to listen on, on loopback, 0 for any free one; none if the requestor is a part of
 *     this process
 * @param appKey the only key it knows
 * @param providers how many providers there are
 * @param folder where activities have their scratch folders; made if absent, its content removed at
 *     the end
 * @param seed of everything random
 * @param free whether computing costs nothing; otherwise providers ask a small price
 * @param images that activities run in which name one of them; others run the programs of this
 *     machine. Whoever opened it closes it, after the node.
 */
public record NodeOptions(
    OptionalInt port,
    String appKey,
    int providers,
    Path folder,
    long seed,
    boolean free,
    Optional<ImageStore> images) {
  /** For requestors anywhere on this machine, which come to {@code port}. */
  public NodeOptions(
      int port,
      String appKey,
      int providers,
      Path folder,
      long seed,
      boolean free,
      Optional<ImageStore> images) {
    this(OptionalInt.of(port), appKey, providers, folder, seed, free, images);
  }

  /** The same with the programs of this machine alone. */
  public NodeOptions(int port, String appKey, int providers, Path folder, long seed, boolean free) {
    this(port, appKey, providers, folder, seed, free, Optional.empty());
  }

  /** The same for a requestor in this process. */
  public NodeOptions near() {
    return new NodeOptions(OptionalInt.empty(), appKey, providers, folder, seed, free, images);
  }

  /** Without the key, which must not reach any log. */
  @Override
  public String toString() {
    return "node with %d providers in %s, seed %d".formatted(providers, folder, seed);
  }
}
