package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node for each test, and a requestor that talks to it. What is not tagged {@link #NODE_ONLY}
 * holds for any daemon with so many providers: elsewhere it is tested with a requestor of a
 * released one.
 */
class NodeTest {
  /** Needs faults or clocks that only the node has, or says where it differs from the daemon. */
  static final String NODE_ONLY = "node-only";

  /** Was seen on released daemons too, and is left out there, since others of its kind are not. */
  static final String LONG = "long";

  @TempDir Path folder;

  EmbeddedNode node;
  Requestor requestor;

  @BeforeEach
  final void openRequestor() {
    requestor = open();
  }

  @AfterEach
  final void closeRequestor() {
    close();
  }

  /** A requestor of a daemon that nobody else talks to. */
  Requestor open() {
    node = Requestor.startNode(folder, providers(), free(), timings());
    return new Requestor(node);
  }

  void close() {
    node.close();
  }

  /** A requestor that signed so many agreements left in good order. */
  void assertEnded(int agreements) {
    Ended.everything(requestor, agreements);
    assertThat(node.running()).isEmpty();
  }

  int providers() {
    return 2;
  }

  boolean free() {
    return true;
  }

  Timings timings() {
    return Timings.REAL;
  }
}
