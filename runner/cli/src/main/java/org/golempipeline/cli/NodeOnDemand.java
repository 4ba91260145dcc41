package org.golempipeline.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.node.EmbeddedNode;
import org.golempipeline.run.Daemons;
import org.jspecify.annotations.Nullable;

/**
 * The embedded node, which is started when a run first needs it: a run that takes everything from
 * earlier ones needs none.
 */
final class NodeOnDemand implements Daemons, AutoCloseable {
  private final Wiring wiring;
  private final Supplier<Path> folder;
  private final int providers;
  private final @Nullable GolemConnection network;
  private @Nullable EmbeddedNode node;

  /**
   * @param folder where its providers work
   * @param network where machines are rented, null for the node itself
   */
  NodeOnDemand(
      Wiring wiring, Supplier<Path> folder, int providers, @Nullable GolemConnection network) {
    this.wiring = wiring;
    this.folder = folder;
    this.providers = providers;
    this.network = network;
  }

  @Override
  public GolemConnection network() throws IOException {
    return network == null ? thisMachine() : network;
  }

  @Override
  public synchronized GolemConnection thisMachine() throws IOException {
    if (node == null) {
      node = wiring.startNode(folder.get(), 0, providers);
    }
    return new GolemConnection(node.url(), node.appKey());
  }

  @Override
  public synchronized void close() throws IOException {
    if (node != null) {
      node.close();
    }
  }
}
