package org.golempipeline.spec;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;
import org.jspecify.annotations.Nullable;

/** Keeps the paths of a file below its folder, and results out of what runs keep for themselves. */
final class PathCheck {
  private static final String OWN = ".golem-pipeline";
  static final Pattern ADDRESS = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://");

  private final FileUnderCheck file;

  /** The stages of files that are published, by path. */
  private final Map<String, String> published = new HashMap<>();

  private PathCheck(FileUnderCheck file) {
    this.file = file;
  }

  static void run(FileUnderCheck file) {
    var check = new PathCheck(file);
    for (var stage : file.stages()) {
      check.output(stage.name(), stage.body().get("output"));
    }
    check.files(file.tree().root().get("files"));
    for (var stage : file.stages()) {
      check.sources(stage.body().get("input"));
      check.path(stage.body().get("output"));
      if (!stage.path().isEmpty()) {
        check.files(stage.body().get("files"));
      }
    }
  }

  private void files(@Nullable Node node) {
    if (node instanceof Mapping named) {
      named.entries().forEach(entry -> path(entry.value()));
    } else {
      sources(node);
    }
  }

  private void sources(@Nullable Node node) {
    var items =
        node instanceof Sequence sequence
            ? sequence.items()
            : node == null ? List.<Node>of() : List.of(node);
    for (var item : items) {
      path(item instanceof Mapping source ? source.get("path") : item);
    }
  }

  private void output(String stage, @Nullable Node node) {
    if (!(node instanceof Scalar scalar) || scalar.string() == null) {
      return;
    }
    var path = OutputPath.normal(resolved(scalar));
    if (List.of(path.split("/")).contains(OWN)) {
      file.problems()
          .error(
              DiagnosticIds.PATH_OWN,
              scalar.range(),
              "In `%s` runs keep their own files.".formatted(OWN),
              "Publish the result in another folder, such as `output: result/`.");
    } else if (!path.endsWith("/") && !file.tree().open().containsKey(scalar)) {
      var other = published.putIfAbsent(path, stage);
      if (other != null) {
        file.problems()
            .error(
                DiagnosticIds.OUTPUT_SAME_NAME,
                scalar.range(),
                "The stages `%s` and `%s` would both write `%s`.".formatted(other, stage, path),
                "Give one of them another `output`.");
      }
    }
  }

  /** The text with something for every value that is not known yet. */
  private String resolved(Scalar scalar) {
    var template = file.tree().open().get(scalar);
    return template == null ? scalar.text() : template.resolve(name -> "x");
  }

  private void path(@Nullable Node node) {
    if (!(node instanceof Scalar scalar) || scalar.string() == null) {
      return;
    }
    var path = resolved(scalar);
    if (path.startsWith("!")) {
      path = path.substring(1);
    }
    if (ADDRESS.matcher(path).lookingAt()) {
      var isWeb = path.startsWith("http");
      file.problems()
          .error(
              DiagnosticIds.SCHEMA_FORM,
              scalar.range(),
              "`%s` is an address, and here stands a path below the folder of the pipeline file."
                  .formatted(scalar.text()),
              isWeb
                  ? "Fetch it first; what providers are to fetch is `{ url: …, hash: … }` in `input` or `files`."
                  : "Copy it to or from there beside the run, with the tool made for it.");
      return;
    }
    if (!file.overrides().allowOutside() && leavesFolder(path)) {
      file.problems()
          .error(
              DiagnosticIds.PATH_OUTSIDE,
              scalar.range(),
              "`%s` lies outside the folder of the pipeline file.".formatted(scalar.text()),
              "Move it below the folder, or allow it with `--allow-outside`.");
    }
  }

  /** Whether a path is absolute or climbs above where it starts. */
  static boolean leavesFolder(String path) {
    if (path.startsWith("/")) {
      return true;
    }
    var depth = 0;
    for (var segment : path.split("/", -1)) {
      if (segment.equals("..")) {
        depth--;
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        depth++;
      }
      if (depth < 0) {
        return true;
      }
    }
    return false;
  }
}
