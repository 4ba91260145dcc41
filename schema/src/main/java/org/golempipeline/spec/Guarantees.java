package org.golempipeline.spec;

import java.math.BigDecimal;
import java.util.Locale;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Problems;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.jspecify.annotations.Nullable;

/** Reads how sure and how complete the result of a stage must be. */
final class Guarantees {
  private final Problems problems;

  Guarantees(Problems problems) {
    this.problems = problems;
  }

  @Nullable Verify verify(@Nullable Node node) {
    if (!(node instanceof Mapping map)) {
      return null;
    }
    var audit = map.get("audit") instanceof Scalar share ? share("audit", share) : BigDecimal.ZERO;
    return new Verify(
        Values.whole(map, "copies", 1),
        audit,
        map.get("by") != null,
        comparison(map.get("compare")));
  }

  private static Comparison comparison(@Nullable Node node) {
    if (node instanceof Mapping map) {
      var entry = map.entries().get(0);
      var number = entry.value() instanceof Mapping options ? options.get("tolerance") : null;
      var tolerance =
          number instanceof Scalar scalar && scalar.value() instanceof BigDecimal decimal
              ? decimal
              : BigDecimal.ZERO;
      return new Comparison(form(entry.name()), tolerance);
    }
    return node instanceof Scalar scalar
        ? new Comparison(form(scalar.text()), BigDecimal.ZERO)
        : Comparison.BYTES;
  }

  private static Comparison.Form form(String name) {
    return Comparison.Form.valueOf(name.toUpperCase(Locale.ROOT));
  }

  @Nullable Enough enough(@Nullable Node node) {
    if (node instanceof Mapping map) {
      var until = map.get("until") instanceof Scalar text ? text : null;
      return enough(
          "after",
          map.get("after") instanceof Scalar after ? after : null,
          until == null ? null : new ShellText(until.text(), until.range()));
    }
    return node instanceof Scalar scalar ? enough("enough", scalar, null) : null;
  }

  private Enough enough(String key, @Nullable Scalar fragments, @Nullable ShellText until) {
    if (fragments != null && Values.isShare(fragments)) {
      return new Enough(null, share(key, fragments), until);
    }
    return new Enough(
        fragments != null && fragments.value() instanceof BigDecimal number
            ? number.intValue()
            : null,
        null,
        until);
  }

  private BigDecimal share(String key, Scalar scalar) {
    var share = Values.share(scalar);
    if (share.signum() == 0 || share.compareTo(BigDecimal.ONE) > 0) {
      problems.error(
          DiagnosticIds.SCHEMA_LIMIT,
          scalar.range(),
          "`%s` must be more than `0%%` and at most `100%%`.".formatted(key));
    }
    return share;
  }
}
