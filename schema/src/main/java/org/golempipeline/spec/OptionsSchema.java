package org.golempipeline.spec;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.util.Optional;

/** Tells whether what a strategy gives as the schema of its options is one, before it is used. */
public final class OptionsSchema {
  private OptionsSchema() {}

  /** What is wrong with {@code text}, in a few words that follow "is"; empty if nothing is. */
  public static Optional<String> problem(String text) {
    try {
      if (!(JsonText.parse(text) instanceof ObjectNode schema)) {
        return Optional.of("no JSON object");
      }
      var registry = SchemaRegistry.withDialect(Dialects.getDraft202012());
      var meta = registry.getSchema(SchemaLocation.of(Dialects.getDraft202012().getId()));
      for (var error : meta.validate(schema)) {
        return Optional.of(
            "no JSON Schema: at `%s` %s"
                .formatted(error.getInstanceLocation(), error.getMessage()));
      }
      registry.getSchema(schema).initializeValidators();
      return Optional.empty();
    } catch (RuntimeException e) {
      // The library throws several of its own for references that lead nowhere and bad patterns.
      return Optional.of("no JSON Schema: " + e.getMessage());
    }
  }
}
