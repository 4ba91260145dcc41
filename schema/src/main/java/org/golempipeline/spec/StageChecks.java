package org.golempipeline.spec;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Problems;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.golempipeline.strategy.SplitStrategy.InputUse;

/** What must hold between stages, and between the keys of one stage. */
final class StageChecks {
  private final FileUnderCheck file;
  private final Problems problems;

  private StageChecks(FileUnderCheck file) {
    this.file = file;
    this.problems = file.problems();
  }

  static void run(FileUnderCheck file) {
    var checks = new StageChecks(file);
    var read = new HashSet<String>();
    for (var stage : file.stages()) {
      stage.references("from").forEach(name -> read.add(name.text()));
      stage.fileReferences().forEach(name -> read.add(name.text()));
    }
    for (var stage : file.stages()) {
      checks.references(stage);
      checks.input(stage);
      checks.output(stage, read);
      checks.reduce(stage);
      checks.enough(stage);
    }
  }

  private void references(StageOutline stage) {
    stage.references("needs").forEach(this::exists);
    stage.references("from").forEach(this::holdsFiles);
    stage.fileReferences().forEach(this::holdsFiles);
  }

  private boolean exists(Scalar reference) {
    if (file.tree().open().containsKey(reference)) {
      return false;
    }
    if (file.stage(reference.text()) != null
        || file.tree().root().get("stages") instanceof Mapping all
            && all.entry(reference.text()) != null) {
      return true;
    }
    var names = file.stageNames();
    problems.error(
        DiagnosticIds.REFERENCE_STAGE,
        reference.range(),
        "There is no stage `%s`.".formatted(reference.text()),
        Nearest.to(reference.text(), names)
            .map("Did you mean `%s`?"::formatted)
            .orElse(
                names.isEmpty()
                    ? "A file with one stage at top level has no other stages: use `stages`."
                    : "There are %s.".formatted(Words.list(names))));
    return false;
  }

  private void holdsFiles(Scalar reference) {
    var stage = exists(reference) ? file.stage(reference.text()) : null;
    if (stage != null && stage.result(file.strategies()) == Result.VALUE) {
      problems.error(
          DiagnosticIds.REFERENCE_VALUE,
          reference.range(),
          "The stage `%s` ends in a value, not in files.".formatted(reference.text()),
          "List it at `needs` and use `$%1$s` in the shell or `${%1$s}` in `split`."
              .formatted(reference.text()));
    }
  }

  private void input(StageOutline stage) {
    var body = stage.body();
    var input = body.entry("input");
    var from = body.entry("from");
    var split = stage.split(file.strategies());
    if (split == null) {
      return;
    }
    var name = split.name();
    if (split.inputUse() == InputUse.REQUIRED && !stage.hasInput()) {
      problems.error(
          DiagnosticIds.INPUT_MISSING,
          stage.strategyRange("split"),
          "The split `%s` needs an input.".formatted(name),
          "Add `input` or `from`.");
    } else if (split.inputUse() == InputUse.FORBIDDEN && stage.hasInput()) {
      problems.error(
          DiagnosticIds.INPUT_UNUSED,
          (input != null ? input : Objects.requireNonNull(from)).key().range(),
          "The split `%s` reads no input.".formatted(name),
          "Remove `%s`, or hand the files to every provider with `files`."
              .formatted(input != null ? "input" : "from"));
    }
    if (input != null && !Set.of("files", "none").contains(name)) {
      remote(input.value(), name);
    }
  }

  private void remote(Node input, String split) {
    var items = input instanceof Sequence sequence ? sequence.items() : List.of(input);
    for (var item : items) {
      if (item instanceof Mapping source && source.entry("url") != null) {
        problems.error(
            DiagnosticIds.INPUT_REMOTE,
            Objects.requireNonNull(source.entry("url")).key().range(),
            "The split `%s` must read its input here, and a `url` is fetched by the provider."
                .formatted(split),
            "Download the file first, or use the split `files` or `none`.");
      }
    }
  }

  private void output(StageOutline stage, Set<String> read) {
    var result = stage.result(file.strategies());
    if (result == null) {
      return;
    }
    var output = stage.body().entry("output");
    if (output == null) {
      if (result != Result.VALUE && !read.contains(stage.name())) {
        problems.error(
            DiagnosticIds.OUTPUT_MISSING,
            stage.range(),
            "The result of %s goes nowhere."
                .formatted(stage.path().isEmpty() ? "this file" : "`" + stage.name() + "`"),
            "Add `output` with a file name, or a folder ending in `/`.");
      }
    } else if (output.value() instanceof Scalar scalar
        && (result == Result.FILE || result == Result.VALUE || result == Result.TREE)
        && scalar.text().endsWith("/")) {
      problems.error(
          DiagnosticIds.OUTPUT_FOLDER,
          scalar.range(),
          "The merge `%s` makes one file, so `output` must name a file."
              .formatted(stage.mergeName()),
          "Add a file name after the `/`.");
    }
  }

  /** A tree of merges takes one file from each fragment. */
  private void reduce(StageOutline stage) {
    if (stage.result(file.strategies()) == Result.TREE && stage.leavesMany()) {
      problems.error(
          DiagnosticIds.MERGE_ONE_FILE,
          Objects.requireNonNull(stage.body().get("out")).range(),
          "The merge `%s` takes one file from each fragment, and `out` is a glob."
              .formatted(stage.mergeName()),
          "Let `run` write one file to `\"$out\"`, for several an archive.");
    }
  }

  private void enough(StageOutline stage) {
    var enough = stage.body().entry("enough");
    var result = stage.result(file.strategies());
    if (enough == null || result == null) {
      return;
    }
    var until = enough.value() instanceof Mapping map ? map.entry("until") : null;
    if (result == Result.FIRST) {
      problems.error(
          DiagnosticIds.ENOUGH_MERGE,
          enough.key().range(),
          "The merge `%s` ends the stage with its first output, so `enough` has no meaning."
              .formatted(stage.mergeName()),
          "Remove `enough`.");
    } else if (until != null && result != Result.FILE && result != Result.VALUE) {
      problems.error(
          DiagnosticIds.ENOUGH_MERGE,
          until.key().range(),
          "`until` asks about the result so far, and the merge `%s` has none before the end."
              .formatted(stage.mergeName()),
          "Choose a merge that makes one file here, such as `concat`, or use `after` alone.");
    } else if (until != null && makesSeveral(stage)) {
      problems.error(
          DiagnosticIds.ENOUGH_MERGE,
          until.key().range(),
          "`until` asks about the one result of a stage, and here `output` tells fragments apart.",
          "Give `output` one name for all fragments, or use `after` alone.");
    }
  }

  /** Whether fragments may have different paths at {@code output}. */
  private boolean makesSeveral(StageOutline stage) {
    var output = stage.body().get("output");
    var template = output == null ? null : file.tree().open().get(output);
    return template != null && template.names().stream().anyMatch(name -> file.stage(name) == null);
  }
}
