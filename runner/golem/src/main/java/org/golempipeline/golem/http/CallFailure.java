package org.golempipeline.golem.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.golempipeline.golem.GolemNetwork;
import org.jspecify.annotations.Nullable;

/**
 * A call to the daemon that did not succeed. Users of {@link GolemNetwork} get the {@link
 * GolemException} made of it.
 */
public final class CallFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** How sure we are that the daemon did not act on the call. */
  public enum Arrival {
    /** No connection, so it never saw it. */
    NOT_ARRIVED,
    /** The connection broke or nothing was answered in time. */
    UNKNOWN,
    /** It answered, with an error. */
    ANSWERED
  }

  private final String action;
  private final int status;
  private final String reason;
  private final Arrival arrival;
  private final transient @Nullable JsonNode body;

  public CallFailure(
      String action,
      int status,
      String reason,
      Arrival arrival,
      @Nullable JsonNode body,
      @Nullable Throwable cause) {
    super("Could not " + action + ": " + reason, cause, false, false);
    this.action = action;
    this.status = status;
    this.reason = reason;
    this.arrival = arrival;
    this.body = body;
  }

  /** The failure of a future, whatever it is wrapped in. */
  public static CallFailure of(String action, Throwable error) {
    Throwable cause = unwrap(error);
    if (cause instanceof CallFailure failure) {
      return failure;
    }
    String reason = cause instanceof CancellationException ? "given up" : text(cause);
    return new CallFailure(action, 0, reason, Arrival.UNKNOWN, null, cause);
  }

  public static Throwable unwrap(Throwable error) {
    Throwable cause = error;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  public static String text(Throwable error) {
    // The whole message of the JSON parser tells of its settings too.
    String message =
        error instanceof JsonProcessingException json
            ? json.getOriginalMessage()
            : error.getMessage();
    if (error instanceof Error) {
      return error.toString(); // its message alone, such as the name of a class, tells nobody
    }
    return message == null || message.isBlank() ? error.getClass().getSimpleName() : message;
  }

  public String action() {
    return action;
  }

  /** HTTP status, 0 without an answer. */
  public int status() {
    return status;
  }

  /** The daemon's words or what happened to the connection, without a full stop. */
  public String reason() {
    return reason;
  }

  public Arrival arrival() {
    return arrival;
  }

  public @Nullable JsonNode body() {
    return body;
  }

  /** What we wanted to end or remove is not there any more. */
  public boolean isGone() {
    return status == 404 || status == 409 || status == 410;
  }

  /** The daemon refuses our key or can't be talked to: no provider's fault. */
  public boolean isOurs() {
    return status == 401 || arrival == Arrival.NOT_ARRIVED;
  }
}
