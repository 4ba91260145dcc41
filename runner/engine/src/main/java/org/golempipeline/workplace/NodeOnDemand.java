package org.golempipeline.workplace;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Supplier;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.node.EmbeddedNode;
import org.golempipeline.node.NodeOptions;
import org.golempipeline.run.Daemons;
import org.jspecify.annotations.Nullable;

/**
 * Nodes on this machine, which are started when a run first needs them: a run that takes everything
 * from earlier ones needs none.
 */
public final class NodeOnDemand implements Daemons, AutoCloseable {
  private final Clock clock;
  private final Supplier<Path> folder;
  private final int providers;
  private final @Nullable GolemConnection network;
  private @Nullable EmbeddedNode market;
  private @Nullable EmbeddedNode auditor;
  private final ImageStore images;
  private boolean closed;

  /**
   * @param images of this user, which it closes
   * @param clock of the run
   * @param folder where its providers work
   * @param network where machines are rented, null for a node of ours
   */
  public NodeOnDemand(
      ImageStore images,
      Clock clock,
      Supplier<Path> folder,
      int providers,
      @Nullable GolemConnection network) {
    this.images = images;
    this.clock = clock;
    this.folder = folder;
    this.providers = providers;
    this.network = network;
  }

  @Override
  public synchronized GolemConnection network() throws IOException {
    if (network != null) {
      return network;
    }
    if (market == null) {
      market = start(folder.get(), providers);
    }
    return connection(market);
  }

  /** A node of its own: whoever is audited must not be the auditor. */
  @Override
  public synchronized GolemConnection thisMachine() throws IOException {
    if (auditor == null) {
      auditor = start(folder.get().resolveSibling("golem-pipeline-audits-" + UUID.randomUUID()), 1);
    }
    return connection(auditor);
  }

  /** The folder goes when the node is closed. */
  private EmbeddedNode start(Path work, int count) throws IOException {
    if (closed) {
      throw new IOException("the run is over"); // and nobody would end the node
    }
    return EmbeddedNode.start(
        new NodeOptions(
            OptionalInt.empty(),
            newAppKey(),
            count,
            work,
            clock.millis(),
            true,
            Optional.of(images)),
        clock);
  }

  /** How a requestor of this process speaks to {@code node}. */
  public static GolemConnection connection(EmbeddedNode node) {
    return new GolemConnection(node.url(), node.appKey(), node.near());
  }

  /** A key that nobody can guess. */
  public static String newAppKey() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    try {
      if (auditor != null) {
        auditor.close();
      }
    } finally {
      if (market != null) {
        market.close();
      }
      images.close();
    }
  }
}
