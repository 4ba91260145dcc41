package org.golempipeline.node;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A node for each test, and a requestor that talks to it. */
class NodeTest {
  @TempDir Path folder;

  EmbeddedNode node;
  Requestor requestor;

  @BeforeEach
  void startNode() {
    node = Requestor.startNode(folder, providers(), free(), timings());
    requestor = new Requestor(node);
  }

  @AfterEach
  void closeNode() {
    node.close();
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
