package org.golempipeline.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Objects;
import org.golempipeline.golem.wire.WireJson;
import org.jspecify.annotations.Nullable;

/** One request: what its path, query, headers and body say. */
final class Call {
  private static final double LONGEST_SECONDS = 24 * 3600;

  private final Head head;
  private final Map<String, String> variables;
  private final byte[] body;

  /**
   * @param variables of the route's path template
   */
  Call(Head head, Map<String, String> variables, byte[] body) {
    this.head = head;
    this.variables = variables;
    this.body = body;
  }

  /** A variable of the route's path template. */
  String path(String name) {
    return Objects.requireNonNull(variables.get(name));
  }

  @Nullable String query(String name) {
    return head.query(name);
  }

  /** The parameter {@code timeout}, in seconds that may be a fraction. */
  Duration timeout(double ifAbsent) {
    String text = query("timeout");
    try {
      double seconds = text == null ? ifAbsent : Double.parseDouble(text);
      double bounded = Math.max(0, Math.min(LONGEST_SECONDS, seconds));
      return Duration.ofNanos((long) (bounded * 1e9));
    } catch (NumberFormatException e) {
      throw new ApiException(400, "Query deserialize error: invalid float literal: timeout");
    }
  }

  int integer(String name, int ifAbsent) {
    String text = query(name);
    try {
      return text == null ? ifAbsent : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new ApiException(400, "Query deserialize error: invalid digit: " + name);
    }
  }

  /** The parameter {@code name}, which counts something and so is never negative. */
  int count(String name, int ifAbsent) {
    String text = query(name);
    try {
      return text == null
          ? ifAbsent
          : (int) Math.min(Integer.MAX_VALUE, Integer.parseUnsignedInt(text) & 0xffff_ffffL);
    } catch (NumberFormatException e) {
      throw new ApiException(400, "Query deserialize error: invalid digit: " + name);
    }
  }

  @Nullable Instant time(String name) {
    String text = query(name);
    try {
      return text == null ? null : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new ApiException(400, "Query deserialize error: not a date: " + name);
    }
  }

  Instant timeOr(String name, Instant ifAbsent) {
    Instant time = time(name);
    return time == null ? ifAbsent : time;
  }

  @Nullable String header(String name) {
    return head.header(name);
  }

  /** Host and port by which the caller knows us. */
  String host() {
    return head.host();
  }

  /** Whether JSON left out what a record promises. */
  static boolean lacks(@Nullable Object value) {
    return value == null;
  }

  /** The body, of which nothing required may be missing. */
  <T> T body(Class<T> type) {
    try {
      T value = WireJson.mapper().readValue(body, type);
      if (value != null) {
        return value;
      }
    } catch (JsonProcessingException e) {
      throw new ApiException(400, "Json deserialize error: " + e.getOriginalMessage());
    } catch (IOException | NullPointerException e) {
      throw new ApiException(400, "Json deserialize error: a required field is missing");
    }
    throw new ApiException(400, "Json deserialize error: null");
  }

  /** The body as it is, which may be the literal {@code null} but not empty. */
  JsonNode json() {
    try {
      JsonNode node = WireJson.mapper().readTree(body);
      if (node != null && !node.isMissingNode()) {
        return node;
      }
    } catch (IOException e) {
      throw new ApiException(400, "Json deserialize error: malformed");
    }
    throw new ApiException(400, "Json deserialize error: EOF while parsing a value");
  }
}
