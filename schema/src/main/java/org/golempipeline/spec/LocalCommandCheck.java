package org.golempipeline.spec;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.golempipeline.strategy.Strategy;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a file would run on the user's own machine, where that is forbidden. What providers
 * run is not meant, wherever they are.
 */
final class LocalCommandCheck {
  private final FileUnderCheck file;

  /** Audits that stand for several stages are said once. */
  private final Set<Range> audits = new HashSet<>();

  private LocalCommandCheck(FileUnderCheck file) {
    this.file = file;
  }

  static void run(FileUnderCheck file) {
    if (file.overrides().localCommands()) {
      return;
    }
    var check = new LocalCommandCheck(file);
    for (var stage : file.stages()) {
      check.strategy(stage, "split", file.strategies().split(name(stage.splitName())));
      check.text("accept", stage.body().get("accept"));
      check.strategy(
          stage,
          "merge",
          file.strategies()
              .merge(name(stage.mergeName()))
              .filter(merge -> merge.result() != Result.TREE));
      if (stage.body().get("enough") instanceof Mapping enough) {
        check.text("until", enough.get("until"));
      }
      check.audit(stage);
    }
  }

  private static String name(@Nullable String known) {
    return known == null ? "" : known;
  }

  private void strategy(StageOutline stage, String key, Optional<? extends Strategy> chosen) {
    if (chosen.isEmpty()) {
      return;
    }
    var name = chosen.get().name();
    var what = key + "." + name;
    if (JsonText.parse(chosen.get().optionsSchema()).path("x-local-commands").asBoolean()) {
      refuse(what, "a command", stage.strategyRange(key), "Choose another `%s`".formatted(key));
    } else {
      options(what, stage.options(key), file.place(stage, key).key(name));
    }
  }

  private void options(String what, @Nullable Node node, SchemaPlace place) {
    if (node instanceof Mapping options) {
      options.entries().forEach(option -> options(what, option.value(), place.key(option.name())));
    } else if (node instanceof Sequence list) {
      for (var i = 0; i < list.items().size(); i++) {
        options(what, list.items().get(i), place.item(i));
      }
    } else if (place.isShell()) {
      text(what, node);
    }
  }

  private void text(String what, @Nullable Node node) {
    if (node instanceof Scalar scalar && scalar.string() != null) {
      refuse(what, "a command", scalar.range(), "Do without it");
    }
  }

  private void audit(StageOutline stage) {
    var own = stage.body().get("verify");
    var verify = own == null ? file.tree().root().get("verify") : own;
    if (verify instanceof Mapping map
        && map.get("by") instanceof Scalar by
        && audits.add(by.range())) {
      refuse("by: local", "`run`", by.range(), "Let providers audit, without `by`");
    }
  }

  private void refuse(String what, String command, Range range, String instead) {
    file.problems()
        .error(
            DiagnosticIds.COMMAND_LOCAL,
            range,
            "`%s` would run %s on this machine, which `--no-local-commands` forbids."
                .formatted(what, command),
            instead + ", or leave the option away if you trust the pipeline file.");
  }
}
