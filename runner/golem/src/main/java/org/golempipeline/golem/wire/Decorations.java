package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/** What a demand must contain so that documents can be paid from certain allocations. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Decorations(List<Property> properties, List<String> constraints) {
  public Decorations {
    properties = List.copyOf(properties);
    constraints = List.copyOf(constraints);
  }

  /** A property, flat. */
  public record Property(String key, String value) {}
}
