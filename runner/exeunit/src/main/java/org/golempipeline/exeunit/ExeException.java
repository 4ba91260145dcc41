package org.golempipeline.exeunit;

/** A request to an exe-unit that it does not fulfil. */
public final class ExeException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Kind {
    /** What was asked for is not here. */
    NOT_FOUND,
    /** The request makes no sense. */
    BAD_REQUEST,
    /** It was not so within the time given. */
    TIMEOUT,
    /** The unit has ended, or can not be reached any more. */
    GONE
  }

  private final Kind kind;

  ExeException(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  public String text() {
    return String.valueOf(getMessage());
  }
}
