package org.golempipeline.golem.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.golempipeline.golem.wire.WireJson;
import org.jspecify.annotations.Nullable;

/**
 * One call of one endpoint, as a value.
 *
 * @param action what it does, after "Could not"
 * @param path from the daemon's base URL on, with the query
 * @param body JSON, or null for none
 * @param decoder reads the body of a success
 * @param limit for the answer to be complete
 * @param repeat after which failures it is sent again
 */
public record Call<T>(
    String action,
    String method,
    String path,
    byte @Nullable [] body,
    Decoder<T> decoder,
    Duration limit,
    Retrier.Repeat repeat) {
  /** For whatever does not wait at the daemon. */
  static final Duration LIMIT = Duration.ofSeconds(20);

  /** What an answer may take longer than the long poll asks for. */
  private static final Duration MARGIN = Duration.ofSeconds(10);

  /** Reads the body of a success. */
  interface Decoder<T> {
    T read(byte[] body) throws IOException;

    /** One JSON value, which must be there. */
    static <T> Decoder<T> of(Class<T> type) {
      return body -> {
        T value = WireJson.mapper().readValue(body, type);
        if (value == null) {
          throw new IOException("the answer is null");
        }
        return value;
      };
    }

    /** A JSON array; elements that we cannot read are left out. */
    static <T> Decoder<List<T>> listOf(Class<T> type) {
      return body -> {
        JsonNode array = WireJson.mapper().readTree(body);
        List<T> values = new ArrayList<>();
        for (JsonNode element : array) {
          try {
            T value = WireJson.mapper().treeToValue(element, type);
            if (value != null) {
              values.add(value);
            }
          } catch (JsonProcessingException unreadable) {
            Caller.LOG.debug("left out an unreadable {}", type.getSimpleName(), unreadable);
          }
        }
        return values;
      };
    }

    /** Whatever it is. */
    static Decoder<Boolean> nothing() {
      return body -> true;
    }
  }

  static <T> Call<T> get(String action, String path, Decoder<T> decoder) {
    return new Call<>(action, "GET", path, null, decoder, LIMIT, Retrier.Repeat.ALWAYS);
  }

  static <T> Call<T> post(String action, String path, @Nullable Object body, Decoder<T> decoder) {
    byte[] json = body == null ? null : json(body);
    return new Call<>(action, "POST", path, json, decoder, LIMIT, Retrier.Repeat.UNLESS_ARRIVED);
  }

  static Call<Boolean> put(String action, String path, Object body) {
    return new Call<>(
        action, "PUT", path, json(body), Decoder.nothing(), LIMIT, Retrier.Repeat.ALWAYS);
  }

  static Call<Boolean> delete(String action, String path) {
    return new Call<>(
        action, "DELETE", path, null, Decoder.nothing(), LIMIT, Retrier.Repeat.ALWAYS);
  }

  Call<T> repeat(Retrier.Repeat other) {
    return new Call<>(action, method, path, body, decoder, limit, other);
  }

  /** Sent once, and not waited for any longer than {@code other}. */
  public Call<T> within(Duration other) {
    return new Call<>(action, method, path, body, decoder, other, Retrier.Repeat.NEVER);
  }

  /** Waits at the daemon for up to {@code poll}, which becomes the query's timeout. */
  Call<T> polling(Duration poll) {
    String separator = path.indexOf('?') < 0 ? "?" : "&";
    String longer = path + separator + "timeout=" + poll.toMillis() / 1000.0;
    return new Call<>(action, method, longer, body, decoder, poll.plus(MARGIN), repeat);
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static byte[] json(Object body) {
    try {
      return WireJson.mapper().writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
