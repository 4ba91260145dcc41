package org.golempipeline.spec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.strategy.Options;
import org.jspecify.annotations.Nullable;

/**
 * A split or merge as a stage asks for it.
 *
 * @param options params are resolved in it; a {@code ${name}} that is left is the value of an
 *     earlier stage
 */
public record StrategyUse(String name, Options options, Range range) {
  public StrategyUse {
    Objects.requireNonNull(name);
    Objects.requireNonNull(options);
  }

  /** The earlier stages whose values the options need, by name, sorted. */
  public TreeSet<String> openNames() {
    var names = new TreeSet<String>();
    collect(options.value(), names);
    return names;
  }

  /** The options with those values put in. */
  public Options bind(UnaryOperator<String> values) {
    return new Options(bound(options.value(), values));
  }

  private static void collect(@Nullable Object value, TreeSet<String> names) {
    if (value instanceof Map<?, ?> map) {
      map.values().forEach(each -> collect(each, names));
    } else if (value instanceof List<?> list) {
      list.forEach(each -> collect(each, names));
    } else if (value instanceof Template template) {
      names.addAll(template.names());
    }
  }

  private static @Nullable Object bound(@Nullable Object value, UnaryOperator<String> values) {
    if (value instanceof Map<?, ?> map) {
      var copy = new LinkedHashMap<String, @Nullable Object>();
      map.forEach((key, each) -> copy.put((String) key, bound(each, values)));
      return copy;
    }
    if (value instanceof List<?> list) {
      return list.stream().map(each -> bound(each, values)).toList();
    }
    return value instanceof Template template ? template.resolve(values) : value;
  }
}
