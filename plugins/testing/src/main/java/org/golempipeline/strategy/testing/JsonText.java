package org.golempipeline.strategy.testing;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.strategy.Options;
import org.jspecify.annotations.Nullable;

/** Reads JSON into the tree that {@link Options} holds, so that tests can write options as text. */
public final class JsonText {
  private final String text;
  private int position;

  private JsonText(String text) {
    this.text = text;
  }

  /** Options as a pipeline file would hold them: {@code options("{\"rows\": 3}")}. */
  public static Options options(String json) {
    return new Options(read(json));
  }

  /**
   * The value in {@code json}.
   *
   * @throws IllegalArgumentException if it is not valid JSON
   */
  public static @Nullable Object read(String json) {
    var reader = new JsonText(json);
    var value = reader.value();
    reader.blanks();
    if (reader.position < json.length()) {
      throw reader.wrong("nothing more");
    }
    return value;
  }

  private @Nullable Object value() {
    blanks();
    if (position == text.length()) {
      throw wrong("a value");
    }
    var first = text.charAt(position);
    return switch (first) {
      case '{' -> map();
      case '[' -> list();
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Map<String, @Nullable Object> map() {
    var map = new LinkedHashMap<String, @Nullable Object>();
    take('{');
    for (var more = !takes('}'); more; more = takes(',')) {
      blanks();
      var key = string();
      take(':');
      if (map.put(key, value()) != null) {
        throw wrong("another key than " + key);
      }
      if (takes('}')) {
        return map;
      }
    }
    if (!map.isEmpty()) {
      throw wrong(", or }");
    }
    return map;
  }

  private List<@Nullable Object> list() {
    var list = new ArrayList<@Nullable Object>();
    take('[');
    if (takes(']')) {
      return list;
    }
    do {
      list.add(value());
    } while (takes(','));
    take(']');
    return list;
  }

  private String string() {
    var string = new StringBuilder();
    take('"');
    while (true) {
      var c = next();
      if (c == '"') {
        return string.toString();
      }
      if (c < ' ') {
        throw wrong("no control character");
      }
      string.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() {
    var c = next();
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        var code = Integer.parseInt(text, position, position + 4, 16);
        position += 4;
        yield (char) code;
      }
      default -> throw wrong("an escape");
    };
  }

  private @Nullable Object word(String word, @Nullable Object value) {
    if (!text.startsWith(word, position)) {
      throw wrong(word);
    }
    position += word.length();
    return value;
  }

  private BigDecimal number() {
    var from = position;
    while (position < text.length() && "+-.eE0123456789".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
    var number = text.substring(from, position);
    if (!number.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
      throw wrong("a value");
    }
    return new BigDecimal(number);
  }

  private char next() {
    if (position == text.length()) {
      throw wrong("more");
    }
    return text.charAt(position++);
  }

  private void blanks() {
    while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
  }

  private boolean takes(char c) {
    blanks();
    if (position < text.length() && text.charAt(position) == c) {
      position++;
      return true;
    }
    return false;
  }

  private void take(char c) {
    if (!takes(c)) {
      throw wrong(String.valueOf(c));
    }
  }

  private IllegalArgumentException wrong(String expected) {
    return new IllegalArgumentException(
        "not JSON: expected " + expected + " at character " + position + " of " + text);
  }
}
