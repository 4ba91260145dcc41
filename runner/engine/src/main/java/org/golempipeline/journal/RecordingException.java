package org.golempipeline.journal;

import java.io.IOException;

/** What a run recorded of itself cannot be read; the message says which file and line it is. */
public final class RecordingException extends IOException {
  private static final long serialVersionUID = 1L;

  RecordingException(String message) {
    super(message);
  }
}
