package org.golempipeline.run;

import org.golempipeline.event.Failure;
import org.jspecify.annotations.Nullable;

/** A fragment cannot be reached: what it reads is not there any more. */
public final class EarlierResultsException extends Exception {
  private static final long serialVersionUID = 1L;

  private final @Nullable String hint;

  EarlierResultsException(String message, @Nullable String hint) {
    super(message);
    this.hint = hint;
  }

  static EarlierResultsException of(Failure failure) {
    return new EarlierResultsException(failure.message(), failure.hint());
  }

  /** One sentence. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  public @Nullable String hint() {
    return hint;
  }
}
