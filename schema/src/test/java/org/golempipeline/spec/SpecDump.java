package org.golempipeline.spec;

import java.lang.reflect.InvocationTargetException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.diagnostic.Source;

/** A pipeline as text for golden files: one line a value, positions left out. */
final class SpecDump {
  private final StringBuilder text = new StringBuilder();

  private SpecDump() {}

  static String of(PipelineSpec spec) {
    var dump = new SpecDump();
    dump.value("pipeline", spec, 0);
    return dump.text.toString();
  }

  private void value(String name, Object value, int depth) {
    if (value == null
        || value instanceof Range
        || value instanceof Source
        || value.equals(Optional.empty())) {
      return;
    }
    if (value instanceof Collection<?> items) {
      if (!items.isEmpty()) {
        line(name + ":", depth);
        items.forEach(item -> value("-", item, depth + 1));
      }
    } else if (value instanceof Map<?, ?> map) {
      if (!map.isEmpty()) {
        line(name + ":", depth);
        map.forEach((key, each) -> value(key.toString(), each, depth + 1));
      }
    } else if (value instanceof StageName || value instanceof ParamValue) {
      line(name + ": " + value, depth);
    } else if (value instanceof Record data) {
      line(name + ": " + data.getClass().getSimpleName(), depth);
      record(data, depth + 1);
    } else {
      line(name + ": " + type(value) + value.toString().replace("\n", "\\n"), depth);
    }
  }

  private void record(Record data, int depth) {
    for (var component : data.getClass().getRecordComponents()) {
      try {
        component.getAccessor().setAccessible(true);
        value(component.getName(), component.getAccessor().invoke(data), depth);
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static String type(Object value) {
    return value instanceof Template template && !template.names().isEmpty() ? "(open) " : "";
  }

  private void line(String content, int depth) {
    text.append("  ".repeat(depth)).append(content).append('\n');
  }
}
