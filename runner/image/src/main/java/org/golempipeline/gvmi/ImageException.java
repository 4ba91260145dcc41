package org.golempipeline.gvmi;

/** What could not be done with an image: one sentence, and what cures it. */
public final class ImageException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String hint;

  public ImageException(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  public ImageException(String message, String hint, Throwable cause) {
    super(message, cause);
    this.hint = hint;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  /** A sentence that says what to do. */
  public String hint() {
    return hint;
  }
}
