package org.golempipeline.compare;

import java.io.IOException;

/** An output is not what it is read as; its reading knows of it. */
final class UnreadableException extends IOException {
  private static final long serialVersionUID = 1L;

  UnreadableException(String message) {
    super(message);
  }
}
