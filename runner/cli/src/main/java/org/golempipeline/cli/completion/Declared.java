package org.golempipeline.cli.completion;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;

/** What options can name of a pipeline file, as far as it says so, right or wrong otherwise. */
final class Declared {
  private Declared() {}

  /** {@code name=value} for each of the few values that a param can have, else {@code name=}. */
  static List<String> params(Mapping file) {
    var assignments = new ArrayList<String>();
    if (file.get("params") instanceof Mapping params) {
      for (var param : params.entries()) {
        var values = values(param.value());
        (values.isEmpty() ? Stream.of("") : values.stream())
            .map(value -> param.name() + "=" + value)
            .filter(each -> each.lines().count() == 1)
            .forEach(assignments::add);
      }
    }
    return assignments;
  }

  /** The names that {@code --profile} can have. */
  static List<String> profiles(Mapping file) {
    return file.get("profiles") instanceof Mapping profiles
        ? profiles.keys().stream().filter(each -> each.lines().count() == 1).toList()
        : List.of();
  }

  private static List<String> values(Node declared) {
    if (!(declared instanceof Mapping options)) {
      return List.of();
    }
    if (options.get("type") instanceof Scalar type && type.text().equals("boolean")) {
      return List.of("true", "false");
    }
    return options.get("enum") instanceof Sequence values
        ? values.items().stream()
            .flatMap(each -> each instanceof Scalar value ? Stream.of(value.text()) : Stream.of())
            .toList()
        : List.of();
  }
}
