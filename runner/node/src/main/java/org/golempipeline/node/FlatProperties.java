package org.golempipeline.node;

import java.util.LinkedHashMap;
import java.util.Map;

/** Properties as the daemon keeps them: with dotted keys, however they were written. */
final class FlatProperties {
  /** In the nested form, the key of a node's own value beside its children. */
  private static final String OWN_VALUE = "@tag";

  private FlatProperties() {}

  static Map<String, Object> of(Map<?, ?> properties) {
    Map<String, Object> flat = new LinkedHashMap<>();
    flatten("", properties, flat);
    return flat;
  }

  private static void flatten(String prefix, Map<?, ?> properties, Map<String, Object> flat) {
    properties.forEach(
        (key, value) -> {
          String name = prefix.isEmpty() ? key.toString() : prefix + "." + key;
          if (key.equals(OWN_VALUE) && !prefix.isEmpty()) {
            name = prefix;
          }
          if (value instanceof Map<?, ?> nested) {
            flatten(name, nested, flat);
          } else if (value != null) {
            flat.put(name, value);
          }
        });
  }
}
