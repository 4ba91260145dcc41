package org.golempipeline.standard;

import org.golempipeline.strategy.Strategy;

/** What every strategy says of itself; unless it says more, its name stands alone. */
abstract class Described implements Strategy {
  private static final String NO_OPTIONS =
      """
      {
        "description": "Takes no options.",
        "type": "object",
        "properties": {},
        "additionalProperties": false
      }
      """;

  private final String name;
  private final String version;
  private final String summary;

  Described(String name, String version, String summary) {
    this.name = name;
    this.version = version;
    this.summary = summary;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final String version() {
    return version;
  }

  @Override
  public final String summary() {
    return summary;
  }

  @Override
  public String optionsSchema() {
    return NO_OPTIONS;
  }
}
