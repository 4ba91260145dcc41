package org.golempipeline.node;

import org.jspecify.annotations.Nullable;

/** Ends a request with an error answer. */
@SuppressWarnings("OverrideThrowableToString")
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Reply reply;

  ApiException(Reply reply) {
    super("HTTP " + reply.status(), null, false, false);
    this.reply = reply;
  }

  ApiException(int status, @Nullable String message) {
    this(Reply.error(status, message));
  }

  Reply reply() {
    return reply;
  }

  /** What the daemon answers when nobody is at the other end. */
  static ApiException unreachable(String address) {
    return new ApiException(
        500, "GSB error: GSB failure: bad request: endpoint address not found: " + address);
  }

  static ApiException timeout() {
    return new ApiException(408, "Timeout");
  }
}
