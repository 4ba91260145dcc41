package org.golempipeline.node;

import java.nio.file.Path;
import java.util.Optional;
import org.golempipeline.golem.wire.FileShortcut;
import org.golempipeline.gvmi.ImageStore;

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
 * @param images that activities run in which name one of them; others run the programs of this
 *     machine. Whoever opened it closes it, after the node.
 * @param shortcut for files, if its requestor is a part of this process
 */
public record NodeOptions(
    int port,
    String appKey,
    int providers,
    Path folder,
    long seed,
    boolean free,
    Optional<ImageStore> images,
    Optional<FileShortcut> shortcut) {
  /** With the programs of this machine alone. */
  public NodeOptions(int port, String appKey, int providers, Path folder, long seed, boolean free) {
    this(port, appKey, providers, folder, seed, free, Optional.empty(), Optional.empty());
  }

  /** The same for a requestor in this process, which moves files by {@code shortcut}. */
  public NodeOptions with(FileShortcut shortcut) {
    return new NodeOptions(
        port, appKey, providers, folder, seed, free, images, Optional.of(shortcut));
  }

  /** Without the key, which must not reach any log. */
  @Override
  public String toString() {
    return "node with %d providers in %s, seed %d".formatted(providers, folder, seed);
  }
}
