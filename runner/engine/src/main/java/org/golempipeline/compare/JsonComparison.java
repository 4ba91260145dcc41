package org.golempipeline.compare;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares JSON in UTF-8, one value or many one behind the other. Both sides are walked token by
 * token as long as their keys come in the same order; where they do not, the rest of those two
 * objects is held in memory. Not readable are objects that name a key twice, more than {@value
 * #MOST_HELD} bytes to hold, and what the parser's own limits forbid: deeper than 1,000 levels,
 * strings of more than 20 million characters, numbers of more than 1,000 digits.
 */
final class JsonComparison {
  private static final int MOST_HELD = 1 << 26;

  /** What a token in memory costs besides its text, about. */
  private static final int OVERHEAD = 96;

  /** Keys are not kept beyond their object: strangers could have millions of them. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
          .build();

  private final Numbers numbers;
  private long held;

  JsonComparison(BigDecimal tolerance) {
    this.numbers = new Numbers(tolerance);
  }

  boolean same(InputStream first, InputStream second) throws IOException {
    try (var one = parser(first);
        var other = parser(second)) {
      while (true) {
        var token = one.nextToken();
        var otherToken = other.nextToken();
        if (token == null || otherToken == null) {
          return token == otherToken;
        }
        if (!sameValue(one, other)) {
          return false;
        }
      }
    }
  }

  /** The decoder refuses what is not UTF-8; Jackson's own would put question marks there. */
  private static JsonParser parser(InputStream stream) throws IOException {
    return FACTORY.createParser(
        new InputStreamReader(
            LineFeeds.withoutMark(stream, 0), StandardCharsets.UTF_8.newDecoder()));
  }

  /**
   * Compares the values on which both stand, and leaves both at their last tokens if they are the
   * same.
   */
  private boolean sameValue(JsonParser one, JsonParser other) throws IOException {
    var token = one.currentToken();
    var otherToken = other.currentToken();
    if (token.isNumeric() && otherToken.isNumeric()) {
      return numbers.same(one.getText(), other.getText());
    }
    if (token != otherToken) {
      return false;
    }
    if (token == JsonToken.START_OBJECT) {
      var before = held;
      var same = sameObject(one, other);
      held = before;
      return same;
    }
    if (token == JsonToken.START_ARRAY) {
      return sameArray(one, other);
    }
    return token != JsonToken.VALUE_STRING
        || Arrays.equals(
            one.getTextCharacters(),
            one.getTextOffset(),
            one.getTextOffset() + one.getTextLength(),
            other.getTextCharacters(),
            other.getTextOffset(),
            other.getTextOffset() + other.getTextLength());
  }

  private boolean sameArray(JsonParser one, JsonParser other) throws IOException {
    while (true) {
      var ends = one.nextToken() == JsonToken.END_ARRAY;
      if (ends != (other.nextToken() == JsonToken.END_ARRAY)) {
        return false;
      }
      if (ends) {
        return true;
      }
      if (!sameValue(one, other)) {
        return false;
      }
    }
  }

  private boolean sameObject(JsonParser one, JsonParser other) throws IOException {
    var names = new HashSet<String>();
    while (true) {
      var name = one.nextFieldName();
      var otherName = other.nextFieldName();
      if (name == null || otherName == null) {
        return name == null && otherName == null;
      }
      if (!name.equals(otherName)) {
        return sameTree(rest(one, names), rest(other, names));
      }
      if (!names.add(name)) {
        throw new UnreadableException("a key stands twice");
      }
      hold(name);
      one.nextToken();
      other.nextToken();
      if (!sameValue(one, other)) {
        return false;
      }
    }
  }

  /** A number or word as it is written, or a string. */
  private record Leaf(boolean isString, String text) {}

  /** The members from the one whose name was just read to the end of the object. */
  private Map<String, Object> rest(JsonParser parser, Set<String> before) throws IOException {
    var members = new HashMap<String, Object>();
    for (var token = parser.currentToken();
        token == JsonToken.FIELD_NAME;
        token = parser.nextToken()) {
      var name = parser.currentName();
      hold(name);
      parser.nextToken();
      if (before.contains(name) || members.put(name, tree(parser)) != null) {
        throw new UnreadableException("a key stands twice");
      }
    }
    return members;
  }

  private Object tree(JsonParser parser) throws IOException {
    var token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      hold("");
      parser.nextToken();
      return rest(parser, Set.of());
    }
    if (token == JsonToken.START_ARRAY) {
      hold("");
      var elements = new ArrayList<Object>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        elements.add(tree(parser));
      }
      return elements;
    }
    var text = parser.getText();
    hold(text);
    return new Leaf(token == JsonToken.VALUE_STRING, text);
  }

  private void hold(String text) throws UnreadableException {
    held += OVERHEAD + 2L * text.length();
    if (held > MOST_HELD) {
      throw new UnreadableException("too much to hold");
    }
  }

  private boolean sameTree(Object one, Object other) {
    if (one instanceof Leaf leaf && other instanceof Leaf otherLeaf) {
      return leaf.isString() || otherLeaf.isString()
          ? leaf.equals(otherLeaf)
          : numbers.same(leaf.text(), otherLeaf.text());
    }
    if (one instanceof List<?> list && other instanceof List<?> otherList) {
      if (list.size() != otherList.size()) {
        return false;
      }
      for (var i = 0; i < list.size(); i++) {
        if (!sameTree(list.get(i), otherList.get(i))) {
          return false;
        }
      }
      return true;
    }
    return one instanceof Map<?, ?> map
        && other instanceof Map<?, ?> otherMap
        && sameMembers(map, otherMap);
  }

  private boolean sameMembers(Map<?, ?> one, Map<?, ?> other) {
    if (one.size() != other.size()) {
      return false;
    }
    for (var entry : one.entrySet()) {
      var value = other.get(entry.getKey());
      if (value == null || !sameTree(entry.getValue(), value)) {
        return false;
      }
    }
    return true;
  }
}
