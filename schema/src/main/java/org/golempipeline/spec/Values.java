package org.golempipeline.spec;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Problems;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;
import org.golempipeline.strategy.Quantities;
import org.jspecify.annotations.Nullable;

/**
 * Reads single values whose form the schema has passed; reports what only arithmetic can tell and
 * then answers something harmless.
 */
final class Values {
  private final Problems problems;

  Values(Problems problems) {
    this.problems = problems;
  }

  static @Nullable String text(Mapping map, String key) {
    return map.get(key) instanceof Scalar scalar && scalar.value() != null ? scalar.text() : null;
  }

  static List<Node> list(@Nullable Node node) {
    return node instanceof Sequence sequence
        ? sequence.items()
        : node == null ? List.of() : List.of(node);
  }

  static List<String> texts(@Nullable Node node) {
    var texts = new ArrayList<String>();
    for (var item : list(node)) {
      texts.add(((Scalar) item).text());
    }
    return texts;
  }

  static int whole(Mapping map, String key, int fallback) {
    return map.get(key) instanceof Scalar scalar && scalar.value() instanceof BigDecimal number
        ? number.intValue()
        : fallback;
  }

  /** A time to wait, longer than nothing. */
  Duration duration(Mapping map, String key, Duration fallback) {
    return map.get(key) instanceof Scalar scalar ? duration(scalar, key) : fallback;
  }

  Duration duration(Scalar scalar, String key) {
    var duration = quantity(scalar, key, Quantities::duration, Duration.ofSeconds(1));
    if (duration.isZero() && !key.equals("backoff")) {
      problems.error(
          DiagnosticIds.SCHEMA_LIMIT,
          scalar.range(),
          "`%s` must be longer than nothing.".formatted(key));
    }
    return duration;
  }

  long size(Mapping map, String key, long fallback) {
    return map.get(key) instanceof Scalar scalar
        ? quantity(scalar, key, Quantities::bytes, fallback)
        : fallback;
  }

  /** An amount of GLM, or of GLM an hour. */
  @Nullable BigDecimal glm(@Nullable Node node) {
    return node instanceof Scalar scalar ? number(scalar) : null;
  }

  /** A share: {@code 5%} is 0.05. */
  static BigDecimal share(Scalar scalar) {
    return number(scalar).movePointLeft(2);
  }

  static boolean isShare(Node node) {
    return node instanceof Scalar scalar && scalar.text().endsWith("%");
  }

  private static BigDecimal number(Scalar scalar) {
    var text = scalar.text();
    var end = 0;
    while (end < text.length()
        && (Character.isDigit(text.charAt(end)) || text.charAt(end) == '.')) {
      end++;
    }
    return new BigDecimal(text.substring(0, end));
  }

  private <T> T quantity(Scalar scalar, String key, Function<String, T> read, T fallback) {
    try {
      return read.apply(scalar.text());
    } catch (IllegalArgumentException e) {
      problems.error(
          DiagnosticIds.SCHEMA_LIMIT, scalar.range(), "`%s` is too large.".formatted(key));
      return fallback;
    }
  }
}
