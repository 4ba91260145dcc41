package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/** What a command wrote: text, or bytes if they were asked for. */
public record CommandOutput(Object json) {
  public static CommandOutput text(String text) {
    return new CommandOutput(text);
  }

  /** On the wire an array of numbers. */
  public static CommandOutput bytes(byte[] bytes) {
    return new CommandOutput(new Numbers(bytes));
  }

  /** Takes a byte for each. */
  private static final class Numbers extends AbstractList<Integer> implements RandomAccess {
    private final byte[] bytes;

    Numbers(byte[] bytes) {
      this.bytes = bytes.clone();
    }

    @Override
    public Integer get(int index) {
      return bytes[index] & 0xff;
    }

    @Override
    public int size() {
      return bytes.length;
    }
  }

  /** How many characters or bytes it has. */
  public int size() {
    return json instanceof List<?> numbers ? numbers.size() : json.toString().length();
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public CommandOutput {}

  /** As text, in any case. */
  public String text() {
    if (!(json instanceof List<?> numbers)) {
      return json.toString();
    }
    byte[] bytes = new byte[numbers.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = numbers.get(i) instanceof Number number ? number.byteValue() : 0;
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  @JsonValue
  public Object json() {
    return json;
  }
}
