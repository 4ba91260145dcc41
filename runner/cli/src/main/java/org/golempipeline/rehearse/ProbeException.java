package org.golempipeline.rehearse;

/** Fragments could not be tried one by one, for a reason that completes a sentence. */
final class ProbeException extends Exception {
  private static final long serialVersionUID = 1L;

  ProbeException(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
