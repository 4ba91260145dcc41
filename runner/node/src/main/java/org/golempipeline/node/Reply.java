package org.golempipeline.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.nio.charset.StandardCharsets;
import org.golempipeline.golem.wire.ErrorMessage;
import org.golempipeline.golem.wire.WireJson;
import org.jspecify.annotations.Nullable;

/**
 * What an endpoint answers; nobody changes or compares the bytes.
 *
 * @param location of what was made, if the endpoint tells it
 */
@SuppressWarnings("ArrayRecordComponent")
record Reply(int status, @Nullable String contentType, byte[] body, @Nullable String location) {
  private static final byte[] NONE = {};
  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);
  private static final String JSON = "application/json";

  private Reply(int status, @Nullable String contentType, byte[] body) {
    this(status, contentType, body, null);
  }

  Reply at(String place) {
    return new Reply(status, contentType, body, place);
  }

  static Reply json(int status, Object value) {
    return json(status, JSON, value);
  }

  static Reply json(int status, String contentType, Object value) {
    try {
      return new Reply(status, contentType, WireJson.mapper().writeValueAsBytes(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Success without a body. */
  static Reply empty(int status) {
    return new Reply(status, null, NONE);
  }

  /** Success with the JSON literal {@code null}, which many endpoints answer. */
  static Reply jsonNull() {
    return new Reply(200, JSON, NULL);
  }

  /** The usual error body, whose message may be null. */
  static Reply error(int status, @Nullable String message) {
    return json(status, new ErrorMessage(message));
  }

  static Reply text(int status, String text) {
    return new Reply(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }
}
