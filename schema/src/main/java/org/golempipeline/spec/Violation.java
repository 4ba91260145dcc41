package org.golempipeline.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One rule of the schema that the file breaks, after the validator's branches have been merged.
 *
 * @param path keys (String) and positions (Integer) from the root to the value
 * @param keyword the rule, or {@link #SHAPE}
 * @param property the key that is missing or unknown
 * @param schema the schema object that holds the rule
 * @param alternatives the schemas of which none fits, for {@link #SHAPE} and {@link #NONE_OF}
 */
record Violation(
    List<Object> path,
    String keyword,
    @Nullable String property,
    JsonNode schema,
    List<JsonNode> alternatives) {
  /** The value has none of the shapes that are allowed. */
  static final String SHAPE = "shape";

  /** The map has none of the keys of which it needs one. */
  static final String NONE_OF = "none of";

  /** Whether it says that the value at {@code place} is of another kind altogether. */
  boolean isMismatchAt(List<Object> place) {
    return (keyword.equals("type") || keyword.equals(SHAPE)) && path.equals(place);
  }
}
