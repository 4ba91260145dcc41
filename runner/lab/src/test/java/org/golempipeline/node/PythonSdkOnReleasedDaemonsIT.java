package org.golempipeline.node;

import org.golempipeline.lab.SharedLab;
import org.junit.jupiter.api.extension.ExtendWith;

/** Programs of others find in our providers what they find in those of the network. */
@ExtendWith(SharedLab.class)
class PythonSdkOnReleasedDaemonsIT extends PythonSdkIT {
  @Override
  Requestor open() {
    return OnReleasedDaemons.requestor();
  }

  @Override
  void close() {
    OnReleasedDaemons.end(requestor);
  }

  @Override
  void assertEnded(int agreements) {
    Ended.everything(requestor, agreements);
  }
}
