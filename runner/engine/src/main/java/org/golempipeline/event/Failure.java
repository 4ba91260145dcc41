package org.golempipeline.event;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something that went wrong during a run.
 *
 * @param message one sentence
 * @param hint what the user can do about it
 */
public record Failure(FailureKind kind, String message, @Nullable String hint) {
  public Failure {
    Objects.requireNonNull(kind);
    Objects.requireNonNull(message);
  }

  public static Failure of(FailureKind kind, String message) {
    return new Failure(kind, message, null);
  }
}
