package org.golempipeline.golem;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Something on the way to or at a provider went wrong. The message is one sentence for the user.
 */
public final class GolemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;
  private final @Nullable String hint;
  private final @Nullable Clock clock;

  public GolemException(
      Kind kind, String message, @Nullable String hint, @Nullable Throwable cause) {
    this(kind, message, hint, cause, null);
  }

  private GolemException(
      Kind kind,
      String message,
      @Nullable String hint,
      @Nullable Throwable cause,
      @Nullable Clock clock) {
    super(message, cause);
    this.kind = Objects.requireNonNull(kind);
    this.hint = hint;
    this.clock = clock;
  }

  /** A clock ran out. */
  public static GolemException of(Clock clock, Kind kind, String message, @Nullable String hint) {
    return new GolemException(kind, message, hint, null, clock);
  }

  /**
   * The answer that {@code asked} comes to.
   *
   * @throws GolemException if that is why there is none
   */
  public static <T> T join(CompletableFuture<T> asked) {
    try {
      return asked.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof GolemException trouble) {
        throw trouble;
      }
      throw e;
    }
  }

  public Kind kind() {
    return kind;
  }

  /** What the user can do about it. */
  public Optional<String> hint() {
    return Optional.ofNullable(hint);
  }

  /** The clock that ran out, if it was one. */
  public Optional<Clock> clock() {
    return Optional.ofNullable(clock);
  }

  /** What the caller set a limit to. */
  public enum Clock {
    /** Finding a machine. */
    NEGOTIATE,
    /** All of a script. */
    SCRIPT,
    /** Silence while a script goes on. */
    IDLE
  }

  /** Whose fault it is, which decides what is done next. */
  public enum Kind {
    /** One provider: agreement terminated, activity unresponsive, transfer broken, wrong hash. */
    PROVIDER,
    /** One provider says that it cannot deploy or start the image; others may say the same. */
    IMAGE,
    /** A clock ran out while one provider worked. */
    DEADLINE,
    /** No acceptable proposal in time. */
    MARKET,
    /** No proposal in time that the {@link RentalTerms.Ceiling} allows, but others. */
    BUDGET,
    /** Allocation refused, no funds, driver not ready. */
    PAYMENT,
    /** Daemon unreachable, key refused, internal error. */
    YAGNA,
    /** We asked for it. */
    CANCELLED
  }
}
