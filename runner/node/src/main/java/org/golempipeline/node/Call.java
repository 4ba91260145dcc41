package org.golempipeline.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.PathTemplateMatch;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Deque;
import java.util.Objects;
import org.golempipeline.golem.wire.WireJson;
import org.jspecify.annotations.Nullable;

/** One request: what its path, query, headers and body say. */
final class Call {
  private static final double LONGEST_SECONDS = 24 * 3600;

  private final HttpServerExchange exchange;
  private final byte[] body;

  Call(HttpServerExchange exchange, byte[] body) {
    this.exchange = exchange;
    this.body = body;
  }

  /** A variable of the route's path template. */
  String path(String name) {
    return path(exchange, name);
  }

  static String path(HttpServerExchange exchange, String name) {
    PathTemplateMatch match = exchange.getAttachment(PathTemplateMatch.ATTACHMENT_KEY);
    return Objects.requireNonNull(match.getParameters().get(name));
  }

  @Nullable String query(String name) {
    Deque<String> values = exchange.getQueryParameters().get(name);
    return values == null ? null : values.peekFirst();
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
    HeaderMap headers = exchange.getRequestHeaders();
    return headers.getFirst(name);
  }

  /** Host and port by which the caller knows us. */
  String host() {
    return exchange.getHostAndPort();
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
