package org.golempipeline.golem.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import java.util.List;

/** A batch: the commands an activity executes in order. */
public record ExeScript(List<ExeCommand> commands) {
  private static final TypeReference<List<ExeCommand>> COMMANDS = new TypeReference<>() {};

  public ExeScript {
    commands = List.copyOf(commands);
  }

  /** Reads the JSON array in an {@link ExecRequest}. */
  public static ExeScript parse(String text) throws JsonProcessingException {
    List<ExeCommand> commands = WireJson.mapper().readValue(text, COMMANDS);
    return new ExeScript(commands == null ? List.of() : commands);
  }

  /** The JSON array for an {@link ExecRequest}. */
  public String text() {
    try {
      return WireJson.mapper().writerFor(COMMANDS).writeValueAsString(commands);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
