package org.golempipeline.compare;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares JSON in UTF-8, one value or many one behind the other, of any depth. Both sides are
 * walked token by token as long as their keys come in the same order; where they do not, the rest
 * of those two objects is held in memory. Unreadable are objects that name a key twice and what the
 * parser's own limits forbid: strings and numbers of more than 20 million characters. More than
 * {@value #MOST_HELD} bytes to hold make the comparison uncertain.
 */
final class JsonComparison {
  private static final int MOST_HELD = 1 << 26;

  /** What a token in memory costs besides its text, about. */
  private static final int OVERHEAD = 96;

  private final Numbers numbers;
  private final ArrayDeque<Container> open = new ArrayDeque<>();
  private long held;

  private JsonComparison(Numbers numbers) {
    this.numbers = numbers;
  }

  static Likeness compare(InputStream first, InputStream second, BigDecimal tolerance)
      throws IOException {
    try (var one = new JsonReading(first);
        var other = new JsonReading(second)) {
      try {
        return new JsonComparison(new Numbers(tolerance)).same(one, other)
            ? Likeness.SAME
            : Likeness.DIFFERENT;
      } catch (UnreadableException e) {
        return one.endsWell() || other.endsWell() ? Likeness.DIFFERENT : Likeness.UNKNOWN;
      }
    }
  }

  /**
   * An array or object that both are within.
   *
   * @param names of the object so far; null for an array
   * @param heldBefore it was begun
   */
  private record Container(@Nullable Set<String> names, long heldBefore) {}

  private boolean same(JsonReading one, JsonReading other) throws IOException {
    while (true) {
      var container = open.peek();
      var names = container == null ? null : container.names();
      var token = one.next();
      var otherToken = other.next();
      if (token == null || otherToken == null) {
        return token == otherToken;
      }
      if (token.isStructEnd() || otherToken.isStructEnd()) {
        if (token != otherToken) {
          if (names == null) {
            return false;
          }
          // One has further keys.
          return sameRest(one, other, names);
        }
        end();
        continue;
      }
      if (names != null) {
        var name = one.text();
        if (!name.equals(other.text())) {
          if (!sameRest(one, other, names)) {
            return false;
          }
          end();
          continue;
        }
        if (!names.add(name)) {
          one.namesTwice(name);
          throw other.namesTwice(name);
        }
        hold(name);
        one.next();
        other.next();
      }
      if (!sameStart(one, other)) {
        return false;
      }
    }
  }

  /** Compares scalars, and enters arrays and objects. */
  private boolean sameStart(JsonReading one, JsonReading other) throws IOException {
    var token = one.token();
    var otherToken = other.token();
    if (token == null || otherToken == null) {
      return false;
    }
    if (token.isNumeric() && otherToken.isNumeric()) {
      return numbers.same(one.text(), other.text());
    }
    if (token != otherToken) {
      return false;
    }
    if (token.isStructStart()) {
      open.push(new Container(token == JsonToken.START_OBJECT ? new HashSet<>() : null, held));
      hold("");
      return true;
    }
    return token != JsonToken.VALUE_STRING || one.hasTextOf(other);
  }

  private void end() {
    held = open.pop().heldBefore();
  }

  /** Compares what is left of two objects, whatever the order. */
  private boolean sameRest(JsonReading one, JsonReading other, Set<String> names)
      throws IOException {
    Map<String, Object> members;
    try {
      members = rest(one, names);
    } catch (UnreadableException e) {
      rest(other, names);
      throw e;
    }
    return sameTrees(members, rest(other, names));
  }

  /** A number or word as it is written, or a string. */
  private record Leaf(boolean isString, String text) {}

  /** The members from the key that is reached to the end of the object. */
  private Map<String, Object> rest(JsonReading reading, Set<String> before) throws IOException {
    var root = new HashMap<String, Object>();
    var within = new ArrayDeque<Object>();
    within.push(root);
    for (var token = reading.token(); token != null; token = reading.next()) {
      if (token.isStructEnd()) {
        within.pop();
        if (within.isEmpty()) {
          break;
        }
        continue;
      }
      var name = token == JsonToken.FIELD_NAME ? reading.text() : null;
      if (name != null) {
        hold(name);
        if (within.size() == 1 && before.contains(name)) {
          throw reading.namesTwice(name);
        }
        reading.next();
      }
      var value = value(reading);
      add(value, name, within, reading);
      if (!(value instanceof Leaf)) {
        within.push(value);
      }
    }
    return root;
  }

  private Object value(JsonReading reading) throws IOException {
    var token = reading.token();
    if (token == JsonToken.START_OBJECT) {
      hold("");
      return new HashMap<String, Object>();
    }
    if (token == JsonToken.START_ARRAY) {
      hold("");
      return new ArrayList<Object>();
    }
    var text = reading.text();
    hold(text);
    return new Leaf(token == JsonToken.VALUE_STRING, text);
  }

  @SuppressWarnings("unchecked")
  private static void add(
      Object value, @Nullable String name, ArrayDeque<Object> within, JsonReading reading)
      throws UnreadableException {
    if (name == null) {
      ((List<Object>) within.element()).add(value);
    } else if (((Map<String, Object>) within.element()).put(name, value) != null) {
      throw reading.namesTwice(name);
    }
  }

  private void hold(String text) throws UncertainException {
    held += OVERHEAD + 2L * text.length();
    if (held > MOST_HELD) {
      throw new UncertainException("too much to hold");
    }
  }

  private boolean sameTrees(Object first, Object second) throws UncertainException {
    var ones = new ArrayDeque<Object>();
    var others = new ArrayDeque<Object>();
    ones.push(first);
    others.push(second);
    while (!ones.isEmpty()) {
      var one = ones.pop();
      var other = others.pop();
      if (one instanceof Leaf leaf && other instanceof Leaf otherLeaf) {
        if (!sameLeaves(leaf, otherLeaf)) {
          return false;
        }
      } else if (one instanceof List<?> list && other instanceof List<?> otherList) {
        if (list.size() != otherList.size()) {
          return false;
        }
        push(list, ones);
        push(otherList, others);
      } else if (one instanceof Map<?, ?> map && other instanceof Map<?, ?> otherMap) {
        if (!map.keySet().equals(otherMap.keySet())) {
          return false;
        }
        for (var entry : map.entrySet()) {
          ones.push(entry.getValue());
          others.push(Objects.requireNonNull(otherMap.get(entry.getKey())));
        }
      } else {
        return false;
      }
    }
    return true;
  }

  private static void push(Collection<?> values, ArrayDeque<Object> to) {
    values.forEach(to::push);
  }

  private boolean sameLeaves(Leaf one, Leaf other) throws UncertainException {
    return one.isString() || other.isString()
        ? one.equals(other)
        : numbers.same(one.text(), other.text());
  }
}
