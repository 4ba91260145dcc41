package org.golempipeline.node;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * The constraint language of demands and offers: parsed once, evaluated against the flat properties
 * of the other side in three-valued logic. Immutable.
 */
final class Constraints {
  /** What an expression says about properties; a missing property makes it undefined. */
  enum Truth {
    TRUE,
    FALSE,
    UNDEFINED;

    static Truth of(boolean value) {
      return value ? TRUE : FALSE;
    }
  }

  private interface Filter {
    Truth evaluate(Map<String, Object> properties);

    /** The least number that a property must be for this to be true, if it must be one. */
    default Optional<BigDecimal> least(String property) {
      return Optional.empty();
    }
  }

  /** All of them are true. */
  private record All(List<Filter> filters) implements Filter {
    @Override
    public Truth evaluate(Map<String, Object> properties) {
      return all(filters, properties);
    }

    @Override
    public Optional<BigDecimal> least(String property) {
      return filters.stream()
          .flatMap(each -> each.least(property).stream())
          .max(Comparator.naturalOrder());
    }
  }

  private static final Filter NEVER = properties -> Truth.UNDEFINED;

  /** Deeper ones are refused: reading and evaluating them takes a piece of the stack a level. */
  private static final int DEEPEST = 256;

  private final Filter filter;

  private Constraints(Filter filter) {
    this.filter = filter;
  }

  /** Reads the first expression in {@code text}; one that is malformed matches nothing. */
  static Constraints parse(String text) {
    return read(text).orElseGet(() -> new Constraints(NEVER));
  }

  /** The same, and nothing if it is malformed. */
  static Optional<Constraints> read(String text) {
    try {
      return Optional.of(new Constraints(new Parser(text).filter()));
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  Truth evaluate(Map<String, Object> properties) {
    return filter.evaluate(properties);
  }

  /** The least number that a property of the other side must be, if it must be one. */
  Optional<BigDecimal> least(String property) {
    return filter.least(property);
  }

  /** Whether it is definitely true. */
  boolean matches(Map<String, Object> properties) {
    return evaluate(properties) == Truth.TRUE;
  }

  private static Truth all(List<Filter> filters, Map<String, Object> properties) {
    Truth result = Truth.TRUE;
    for (Filter filter : filters) {
      Truth truth = filter.evaluate(properties);
      if (truth == Truth.FALSE) {
        return Truth.FALSE;
      }
      if (truth == Truth.UNDEFINED) {
        result = Truth.UNDEFINED;
      }
    }
    return result;
  }

  private static Truth not(Truth truth) {
    return switch (truth) {
      case TRUE -> Truth.FALSE;
      case FALSE -> Truth.TRUE;
      case UNDEFINED -> Truth.UNDEFINED;
    };
  }

  private static Truth any(List<Filter> filters, Map<String, Object> properties) {
    List<Filter> negated = new ArrayList<>(filters.size());
    filters.forEach(filter -> negated.add(each -> not(filter.evaluate(each))));
    return not(all(negated, properties));
  }

  /** A value of the other side; objects and null count as missing. */
  private static @Nullable Object property(String name, Map<String, Object> properties) {
    Object value = properties.get(name);
    return value instanceof Map ? null : value;
  }

  private record Comparison(String name, String type, String operator, String literal)
      implements Filter {
    @Override
    public Truth evaluate(Map<String, Object> properties) {
      Object value = property(name, properties);
      return value == null ? Truth.UNDEFINED : Truth.of(compare(value));
    }

    @Override
    public Optional<BigDecimal> least(String property) {
      return name.equals(property) && !operator.startsWith("<")
          ? Optional.ofNullable(decimal(literal))
          : Optional.empty();
    }

    private boolean compare(Object value) {
      if (value instanceof List<?> list) {
        return operator.equals("=") && inList(list);
      }
      if (value instanceof Boolean bool) {
        return operator.equals("=") && literal.equals(bool.toString());
      }
      if (value instanceof Number number) {
        return ordered(decimal(number.toString()), decimal(literal));
      }
      String text = value.toString();
      return switch (type) {
        case "d" -> ordered(decimal(text), decimal(literal));
        case "t" -> ordered(time(text), time(literal));
        case "v" -> ordered(version(text), version(literal));
        default ->
            (operator.equals("=") && literal.indexOf('*') >= 0)
                ? wildcard(text)
                : ordered(text, literal);
      };
    }

    private boolean inList(List<?> list) {
      if (literal.startsWith("[") && literal.endsWith("]")) {
        String[] wanted = literal.substring(1, literal.length() - 1).split(",");
        return wanted.length == list.size()
            && Arrays.stream(wanted).allMatch(each -> contains(list, each.strip()));
      }
      return contains(list, literal);
    }

    private boolean contains(List<?> list, String wanted) {
      Comparison equal = new Comparison(name, type, "=", wanted);
      return list.stream().anyMatch(each -> each != null && equal.compare(each));
    }

    private <T extends Comparable<T>> boolean ordered(@Nullable T value, @Nullable T wanted) {
      if (value == null || wanted == null) {
        return false;
      }
      int order = value.compareTo(wanted);
      return switch (operator) {
        case "=" -> order == 0;
        case "<" -> order < 0;
        case "<=" -> order <= 0;
        case ">" -> order > 0;
        default -> order >= 0;
      };
    }

    /** Only the star is translated; the rest of the literal is a regular expression as it is. */
    private boolean wildcard(String text) {
      try {
        return Pattern.compile(literal.replace("*", ".*"), Pattern.DOTALL).matcher(text).matches();
      } catch (PatternSyntaxException e) {
        return false;
      }
    }

    private static @Nullable BigDecimal decimal(String text) {
      try {
        return new BigDecimal(text.strip());
      } catch (NumberFormatException e) {
        return null;
      }
    }

    private static @Nullable Instant time(String text) {
      try {
        return OffsetDateTime.parse(text).toInstant();
      } catch (DateTimeException e) {
        return null;
      }
    }

    /** Comparable: numbers padded to the same width. */
    private static @Nullable String version(String text) {
      StringBuilder padded = new StringBuilder();
      for (String part : text.split("\\.", -1)) {
        if (part.isEmpty() || part.length() > 9 || !part.chars().allMatch(Character::isDigit)) {
          return null;
        }
        padded.append("0".repeat(9 - part.length())).append(part);
      }
      return padded.toString();
    }
  }

  private static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;
  }

  private static final class Parser {
    private final String text;
    private int at;
    private int depth;

    Parser(String text) {
      this.text = text;
    }

    Filter filter() throws MalformedException {
      if (depth == DEEPEST) {
        throw new MalformedException();
      }
      depth++;
      Filter filter = filterHere();
      depth--;
      return filter;
    }

    private Filter filterHere() throws MalformedException {
      skipSpace();
      expect('(');
      skipSpace();
      switch (peek()) {
        case ')' -> {
          at++;
          return properties -> Truth.TRUE;
        }
        case '&' -> {
          List<Filter> filters = operands();
          return new All(filters);
        }
        case '|' -> {
          List<Filter> filters = operands();
          return properties -> any(filters, properties);
        }
        case '!' -> {
          at++;
          Filter filter = filter();
          skipSpace();
          expect(')');
          return properties -> not(filter.evaluate(properties));
        }
        default -> {
          return comparison();
        }
      }
    }

    private List<Filter> operands() throws MalformedException {
      at++;
      List<Filter> filters = new ArrayList<>();
      for (skipSpace(); peek() != ')'; skipSpace()) {
        filters.add(filter());
      }
      at++;
      return filters;
    }

    private Filter comparison() throws MalformedException {
      int start = at;
      while ("=<>()".indexOf(peek()) < 0) {
        at++;
      }
      String name = text.substring(start, at);
      if (name.isEmpty() || "=<>".indexOf(peek()) < 0) {
        throw new MalformedException();
      }
      int length = peek() != '=' && at + 1 < text.length() && text.charAt(at + 1) == '=' ? 2 : 1;
      String operator = text.substring(at, at + length);
      at += length;
      int end = text.indexOf(')', at);
      if (end < 0) {
        throw new MalformedException();
      }
      String literal = text.substring(at, end);
      at = end + 1;
      String type = "";
      int dollar = name.length() - 2;
      if (dollar > 0 && name.charAt(dollar) == '$') {
        type = name.substring(dollar + 1);
        name = name.substring(0, dollar);
      }
      if (!operator.equals("=") || !literal.startsWith("*")) {
        return new Comparison(name, type, operator, literal);
      }
      if (literal.length() > 1) {
        throw new MalformedException();
      }
      String present = name;
      return properties -> Truth.of(property(present, properties) != null);
    }

    private void skipSpace() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }

    private char peek() throws MalformedException {
      if (at >= text.length()) {
        throw new MalformedException();
      }
      return text.charAt(at);
    }

    private void expect(char wanted) throws MalformedException {
      if (peek() != wanted) {
        throw new MalformedException();
      }
      at++;
    }
  }
}
