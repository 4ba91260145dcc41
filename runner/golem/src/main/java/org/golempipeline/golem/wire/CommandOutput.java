package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a command wrote: text, or bytes if they were asked for. */
public record CommandOutput(Object json) {
  public static CommandOutput text(String text) {
    return new CommandOutput(text);
  }

  /** On the wire an array of numbers. */
  public static CommandOutput bytes(byte[] bytes) {
    List<Integer> numbers = new ArrayList<>(bytes.length);
    for (byte b : bytes) {
      numbers.add(b & 0xff);
    }
    return new CommandOutput(numbers);
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
