package org.golempipeline.node;

import org.golempipeline.lab.SharedLab;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the node is held to is what released daemons do. */
@ExtendWith(SharedLab.class)
class ActivityOnReleasedDaemonsIT extends ActivityContractTest {
  @Override
  Requestor open() {
    return OnReleasedDaemons.requestor();
  }

  @Override
  void close() {
    OnReleasedDaemons.end(requestor);
  }
}
