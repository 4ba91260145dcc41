package org.golempipeline.strategy;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The options of a strategy as they stand in the file, after its schema has passed them: a tree of
 * {@code Map<String, Object>} (in file order), {@code List<Object>}, {@code String}, {@code
 * BigDecimal}, {@code Boolean} and null. Getters answer empty for what is absent and throw {@link
 * IllegalArgumentException} for what the schema should have refused.
 *
 * @param value null when the strategy's name stands alone
 */
public record Options(@Nullable Object value) {
  /** No options. */
  public static final Options NONE = new Options(null);

  private static final int MOST_DIGITS = 10_000;

  /** The option {@code key} of a map, or none. */
  public Options at(String key) {
    return new Options(value instanceof Map<?, ?> map ? map.get(key) : null);
  }

  /** Whether there is anything here. */
  public boolean isPresent() {
    return value != null;
  }

  /** Whether the value is a map of options, rather than the short form. */
  public boolean isMap() {
    return value instanceof Map;
  }

  /** A string; numbers and booleans as they are written in decimal. */
  public Optional<String> text() {
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof BigDecimal number) {
      if (Math.abs((long) number.scale()) > MOST_DIGITS) {
        throw new IllegalArgumentException("a number with too many digits");
      }
      return Optional.of(number.toPlainString());
    }
    if (value instanceof String || value instanceof Boolean) {
      return Optional.of(value.toString());
    }
    throw unexpected("text");
  }

  /** A number, also from a string that holds one. */
  public Optional<BigDecimal> decimal() {
    if (value instanceof BigDecimal number) {
      return Optional.of(number);
    }
    try {
      return text().map(BigDecimal::new);
    } catch (NumberFormatException e) {
      throw unexpected("a number");
    }
  }

  /** A whole number. */
  public Optional<Long> integer() {
    try {
      return decimal().map(BigDecimal::longValueExact);
    } catch (ArithmeticException e) {
      throw unexpected("a whole number");
    }
  }

  /** A size such as {@code 64MiB}, in bytes. */
  public Optional<Long> bytes() {
    return text().map(Quantities::bytes);
  }

  /** A yes or no. */
  public boolean flag() {
    if (value == null) {
      return false;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw unexpected("true or false");
  }

  /** A list; a single value counts as a list of one, nothing as the empty list. */
  public List<Options> items() {
    if (value == null) {
      return List.of();
    }
    return value instanceof List<?> list ? list.stream().map(Options::new).toList() : List.of(this);
  }

  private IllegalArgumentException unexpected(String wanted) {
    return new IllegalArgumentException("expected " + wanted + ", not " + value);
  }
}
