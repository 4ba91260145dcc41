package org.golempipeline.rehearse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.node.EmbeddedNode;
import org.golempipeline.node.NodeOptions;
import org.golempipeline.run.Daemons;
import org.jspecify.annotations.Nullable;

/**
 * The network that a run meets: a node whose providers ask for money and behave as they are told,
 * and beside it an honest one for audits on this machine.
 */
final class LocalNodes implements Daemons, AutoCloseable {
  private final Chaos chaos;
  private final List<Persona> cast;
  private final long seed;
  private final Supplier<Path> scratch;
  private final ImageStore images;
  private @Nullable EmbeddedNode market;
  private @Nullable EmbeddedNode own;

  /**
   * @param images that activities run in; closed by whoever opened it
   */
  LocalNodes(
      Chaos chaos, List<Persona> cast, long seed, Supplier<Path> scratch, ImageStore images) {
    this.chaos = chaos;
    this.cast = List.copyOf(cast);
    this.seed = seed;
    this.scratch = scratch;
    this.images = images;
  }

  static EmbeddedNode start(Path folder, int providers, long seed, boolean free, ImageStore images)
      throws IOException {
    var key = UUID.randomUUID().toString();
    return EmbeddedNode.start(
        new NodeOptions(0, key, providers, folder, seed, free, Optional.of(images)));
  }

  static GolemConnection connection(EmbeddedNode node) {
    return new GolemConnection(node.url(), node.appKey());
  }

  @Override
  public synchronized GolemConnection network() throws IOException {
    if (market == null) {
      market = start(scratch.get(), cast.size(), seed, false, images);
      chaos.begin(cast, market.faults());
    }
    return connection(market);
  }

  @Override
  public synchronized GolemConnection thisMachine() throws IOException {
    if (own == null) {
      own = start(scratch.get(), 1, ~seed, true, images); // who is audited must not be the auditor
    }
    return connection(own);
  }

  @Override
  public synchronized void close() {
    if (market != null) {
      market.close();
    }
    if (own != null) {
      own.close();
    }
  }
}
