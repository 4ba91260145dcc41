package org.golempipeline.compare;

import java.io.IOException;

/** Whether two outputs are the same would take more to tell than there is. */
final class UncertainException extends IOException {
  private static final long serialVersionUID = 1L;

  UncertainException(String message) {
    super(message);
  }
}
