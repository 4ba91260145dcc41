package org.golempipeline.standard;

/** Option schemas that several strategies share. */
final class Schemas {
  /** For a strategy whose name stands alone. */
  static final String NO_OPTIONS =
      """
      {
        "description": "Takes no options.",
        "type": "object",
        "properties": {},
        "additionalProperties": false
      }
      """;

  private Schemas() {}
}
