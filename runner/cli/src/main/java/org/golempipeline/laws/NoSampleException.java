package org.golempipeline.laws;

/** A stage has no input that a sample could be taken of; the message is a sentence. */
final class NoSampleException extends Exception {
  private static final long serialVersionUID = 1L;

  NoSampleException(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
