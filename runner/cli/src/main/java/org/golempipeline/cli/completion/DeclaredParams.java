package org.golempipeline.cli.completion;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.golempipeline.document.Document;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;

/** What {@code -p} can set, as far as a pipeline file says so, right or wrong otherwise. */
final class DeclaredParams {
  private DeclaredParams() {}

  /** {@code name=value} for each of the few values that a param can have, else {@code name=}. */
  static List<String> assignments(byte[] file) {
    var assignments = new ArrayList<String>();
    if (Document.read(file, "").root().orElse(null) instanceof Mapping root
        && root.get("params") instanceof Mapping params) {
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
