package org.golempipeline.gvmi;

/** A file that is no VM image; the message is a clause about the file. */
public final class NotAnImageException extends Exception {
  private static final long serialVersionUID = 1L;

  NotAnImageException(String message) {
    super(message);
  }
}
