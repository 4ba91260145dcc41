package org.golempipeline.spec;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.golempipeline.diagnostic.Diagnostic.Related;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Problems;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.diagnostic.Source;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.document.Document;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Entry;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;
import org.jspecify.annotations.Nullable;

/**
 * Puts a pipeline file and what it includes together to one tree, in which each value still says
 * where it stands. The including file wins over what it includes, a later include over an earlier
 * one; {@code params}, {@code profiles} and {@code stages} are merged by name, everything else is
 * replaced whole.
 */
final class Includes {
  private static final String KEY = "include";
  private static final int MOST_FILES = 100;

  /** What is merged by name. */
  static final Set<String> BY_NAME = Set.of("params", "profiles", "stages");

  /** What a file that is included says of itself alone. */
  private static final Set<String> ITS_OWN = Set.of("version", "name", "description");

  /** Where a file is included. */
  private record Edge(String file, String included, Range range) {}

  private final IncludedFiles files;
  private final Problems problems;

  /** The folder of the pipeline file as the user calls it, with a slash at its end, or nothing. */
  private final String folder;

  private final Map<String, @Nullable Mapping> merged = new HashMap<>();
  private final List<Source> sources = new ArrayList<>();
  private final Deque<Edge> open = new ArrayDeque<>();
  private boolean lacks;

  private Includes(String displayName, IncludedFiles files, Problems problems) {
    this.folder = displayName.substring(0, displayName.lastIndexOf('/') + 1);
    this.files = files;
    this.problems = problems;
  }

  /**
   * A file with what it includes.
   *
   * @param sources the texts of all files that are included, each once
   * @param lacks whether something that is included could not be had
   */
  record Whole(Mapping root, List<Source> sources, boolean lacks) {}

  /**
   * Reads everything that {@code root} includes.
   *
   * @param displayName how the user calls its file
   */
  static Whole read(Mapping root, String displayName, IncludedFiles files, Problems problems) {
    if (root.entry(KEY) == null) {
      return new Whole(root, List.of(), false);
    }
    var includes = new Includes(displayName, files, problems);
    var name = displayName.substring(displayName.lastIndexOf('/') + 1);
    var whole = includes.whole(root, name);
    return new Whole(whole, includes.sources, includes.lacks);
  }

  /** The file at {@code path}, whose content is {@code own}, with all it includes. */
  private Mapping whole(Mapping own, String path) {
    var entries = new LinkedHashMap<String, Entry>();
    var included = own.entry(KEY);
    if (included != null) {
      for (var each : listed(included)) {
        var other = file(each, path);
        if (other == null) {
          lacks = true;
        } else {
          for (var entry : other.entries()) {
            checkClash(entries.get(entry.name()), entry, own);
            entries.merge(entry.name(), entry, Includes::over);
          }
        }
      }
    }
    for (var entry : own.entries()) {
      if (!entry.name().equals(KEY)) {
        entries.merge(entry.name(), entry, Includes::over);
      }
    }
    return new Mapping(List.copyOf(entries.values()), own.block(), own.range());
  }

  private List<Scalar> listed(Entry included) {
    var items =
        included.value() instanceof Sequence sequence
            ? sequence.items()
            : List.of(included.value());
    var paths = new ArrayList<Scalar>();
    for (var item : items) {
      if (!(item instanceof Scalar scalar) || scalar.string() == null || scalar.text().isBlank()) {
        problems.error(
            DiagnosticIds.SCHEMA_TYPE,
            item instanceof Scalar ? item.range() : included.key().range(),
            "`include` must be the path of a file, or a list of paths.",
            "Write `include: parts/defaults.yaml`.");
      } else if (isPath(scalar)) {
        paths.add(scalar);
      }
    }
    return paths;
  }

  private boolean isPath(Scalar scalar) {
    var text = scalar.text();
    var what =
        PathCheck.ADDRESS.matcher(text).lookingAt()
            ? "an address"
            : text.contains("${")
                ? "not known before params have values"
                : Sources.isGlob(text) ? "a pattern" : null;
    if (what == null) {
      return true;
    }
    problems.error(
        DiagnosticIds.SCHEMA_FORM,
        scalar.range(),
        "`%s` is %s, and `include` takes paths of files.".formatted(text, what),
        "Name each file, such as `include: [parts/image.yaml, parts/stages.yaml]`.");
    return false;
  }

  /** What the file that {@code at} names brings, or null if there is nothing to be had. */
  private @Nullable Mapping file(Scalar at, String including) {
    var path =
        OutputPath.normal(at.text().startsWith("/") ? at.text() : parent(including) + at.text());
    open.addLast(new Edge(including, path, at.range()));
    try {
      if (open.stream().anyMatch(edge -> edge.file().equals(path))) {
        reportCycle(path);
        return null;
      }
      if (!merged.containsKey(path)) {
        // A second mention of a file that was found wrong has nothing to add.
        merged.put(path, null);
        merged.put(path, read(path, at));
      }
      return merged.get(path);
    } finally {
      open.removeLast();
    }
  }

  private @Nullable Mapping read(String path, Scalar at) {
    if (sources.size() == MOST_FILES) {
      problems.error(
          DiagnosticIds.INCLUDE_TOO_MANY,
          at.range(),
          "A pipeline may include %d files at most.".formatted(MOST_FILES),
          "Put some of them together.");
      return null;
    }
    byte[] bytes;
    try {
      bytes = files.read(path);
    } catch (NoSuchFileException e) {
      unreadable(at, "There is no file `%s` to include.".formatted(shown(path)));
      return null;
    } catch (IOException | InvalidPathException e) {
      unreadable(
          at, "Could not read `%s` to include it: %s.".formatted(shown(path), Trouble.reason(e)));
      return null;
    }
    var document = Document.readIncluded(bytes, shown(path));
    sources.add(document.source());
    document.diagnostics().forEach(problems::add);
    var root = document.root().orElse(null);
    if (root != null && !(root instanceof Mapping)) {
      problems.error(
          DiagnosticIds.SCHEMA_TYPE,
          root.range(),
          "A file that is included must be a map of keys to values, as a pipeline file is.");
    }
    return root instanceof Mapping mapping ? taken(whole(mapping, path)) : null;
  }

  private void unreadable(Scalar at, String message) {
    problems.error(
        DiagnosticIds.INCLUDE_UNREADABLE,
        at.range(),
        message,
        "The path is relative to the file that it stands in.");
  }

  /** Without what the file says of itself. */
  private Mapping taken(Mapping root) {
    var version = root.get("version");
    if (version != null && !PipelineFiles.isVersion(version)) {
      problems.error(DiagnosticIds.SCHEMA_VALUE, version.range(), "`version` must be `1`.");
    }
    var entries =
        root.entries().stream()
            .filter(each -> !ITS_OWN.contains(each.name()) && !each.name().startsWith("x-"))
            .toList();
    return new Mapping(entries, root.block(), root.range());
  }

  private void reportCycle(String path) {
    var edges = open.stream().dropWhile(edge -> !edge.file().equals(path)).toList();
    var chain = new ArrayList<String>();
    var related = new ArrayList<Related>();
    for (var edge : edges) {
      chain.add("`%s:%d`".formatted(shown(edge.file()), edge.range().line()));
      related.add(
          new Related(edge.range(), "`%s` is included here.".formatted(shown(edge.included()))));
    }
    problems.error(
        DiagnosticIds.INCLUDE_CYCLE,
        edges.get(0).range(),
        "`%s` includes itself: %s → `%1$s`.".formatted(shown(path), String.join(" → ", chain)),
        "Move what both need into a file of its own.",
        related);
  }

  /** Two includes must not mean different things by one name, unless the file itself says which. */
  private void checkClash(@Nullable Entry earlier, Entry later, Mapping own) {
    if (earlier == null
        || !later.name().equals("stages")
        || !(earlier.value() instanceof Mapping first)
        || !(later.value() instanceof Mapping second)) {
      return;
    }
    for (var stage : second.entries()) {
      var other = first.entry(stage.name());
      if (other != null
          && !isSame(other.value(), stage.value())
          && !(own.get("stages") instanceof Mapping mine && mine.entry(stage.name()) != null)) {
        problems.error(
            DiagnosticIds.INCLUDE_CLASH,
            stage.key().range(),
            "Two files that are included define the stage `%s`, each in its way."
                .formatted(stage.name()),
            "Rename one, or define it in the including file, which wins.",
            List.of(new Related(other.key().range(), "The other `%s`.".formatted(stage.name()))));
      }
    }
  }

  private static boolean isSame(Node one, Node other) {
    if (one instanceof Mapping first && other instanceof Mapping second) {
      return first.keys().equals(second.keys())
          && first.entries().stream()
              .allMatch(
                  each -> isSame(each.value(), Objects.requireNonNull(second.get(each.name()))));
    }
    if (one instanceof Sequence first && other instanceof Sequence second) {
      var size = first.items().size();
      for (var i = 0; i < size && size == second.items().size(); i++) {
        if (!isSame(first.items().get(i), second.items().get(i))) {
          return false;
        }
      }
      return size == second.items().size();
    }
    return one instanceof Scalar first
        && other instanceof Scalar second
        && first.text().equals(second.text())
        && Objects.equals(first.value(), second.value());
  }

  /** {@code later} with what it keeps of {@code earlier}, which has the same key. */
  private static Entry over(Entry earlier, Entry later) {
    if (!BY_NAME.contains(later.name())
        || !(earlier.value() instanceof Mapping first)
        || !(later.value() instanceof Mapping second)) {
      return later;
    }
    var isParams = later.name().equals("params");
    var entries = new LinkedHashMap<String, Entry>();
    first.entries().forEach(each -> entries.put(each.name(), each));
    for (var each : second.entries()) {
      entries.merge(each.name(), each, isParams ? Params::withDefault : (old, own) -> own);
    }
    var mapping = new Mapping(List.copyOf(entries.values()), second.block(), second.range());
    return new Entry(later.key(), mapping);
  }

  private String shown(String path) {
    return path.startsWith("/") ? path : OutputPath.normal(folder + path);
  }

  private static String parent(String path) {
    return path.substring(0, path.lastIndexOf('/') + 1);
  }
}
