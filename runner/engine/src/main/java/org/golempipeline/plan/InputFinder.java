package org.golempipeline.plan;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.diagnostic.Source;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.spec.InputSource;
import org.golempipeline.strategy.InputFile;

/** Finds the files that {@code input} and {@code files} name. */
final class InputFinder {
  /** Bytes that a file system takes. */
  private static final int LONGEST_NAME = 255;

  /** What a file is called whose address has no name in it. */
  private static final String NAMELESS = "download";

  private final Source source;
  private final Path folder;
  private final List<Diagnostic> diagnostics;

  InputFinder(Source source, Path folder, List<Diagnostic> diagnostics) {
    this.source = source;
    this.folder = folder;
    this.diagnostics = diagnostics;
  }

  /** The files of {@code sources}, each once, in the order of the list and then of their paths. */
  List<InputFile> find(List<InputSource> sources) {
    var excluded = new ArrayList<PathPattern>();
    for (var each : sources) {
      if (each instanceof InputSource.Glob glob && glob.exclude()) {
        pattern(glob).ifPresent(excluded::add);
      }
    }
    var found = new LinkedHashMap<String, InputFile>();
    for (var each : sources) {
      if (each instanceof InputSource.Glob glob) {
        if (!glob.exclude()) {
          addMatches(glob, excluded, found);
        }
      } else if (each instanceof InputSource.Literal literal) {
        addLiteral(literal, found);
      } else if (each instanceof InputSource.Remote remote) {
        var file = remote(remote);
        found.putIfAbsent(String.valueOf(file.remote()), file);
      } else {
        throw new AssertionError(each);
      }
    }
    return List.copyOf(found.values());
  }

  /** A file that is only known by its address here. */
  static InputFile remote(InputSource.Remote source) {
    var sha3 = source.hash().substring(source.hash().indexOf(':') + 1);
    return InputFile.remote(new InputFile.Remote(source.url(), sha3), nameOf(source.url()));
  }

  /** The last segment of the address's path that can be the name of a file. */
  private static String nameOf(URI url) {
    var segments = Objects.requireNonNullElse(url.getRawPath(), "").split("/");
    for (var i = segments.length - 1; i >= 0; i--) {
      var name = URI.create("/" + segments[i]).getPath().substring(1);
      if (isName(name)) {
        return name;
      }
    }
    return NAMELESS;
  }

  private static boolean isName(String name) {
    return !name.isEmpty()
        && !name.equals(".")
        && !name.equals("..")
        && name.indexOf('/') < 0
        && name.indexOf('\0') < 0
        && name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME;
  }

  private java.util.Optional<PathPattern> pattern(InputSource.Glob glob) {
    try {
      return java.util.Optional.of(PathPattern.of(glob.pattern()));
    } catch (IllegalArgumentException e) {
      error(
          PlanDiagnosticIds.INPUT_BAD_GLOB,
          glob.range(),
          "The pattern `%s` cannot be read: %s.".formatted(glob.pattern(), e.getMessage()),
          "Put a `\\` before `[`, `]`, `{` or `}` that belongs to a name.");
      return java.util.Optional.empty();
    }
  }

  private void addMatches(
      InputSource.Glob glob, List<PathPattern> excluded, Map<String, InputFile> found) {
    var pattern = pattern(glob);
    if (pattern.isEmpty()) {
      return;
    }
    try {
      var matches = 0;
      for (var match : pattern.get().find(folder)) {
        if (!matchesAny(excluded, match.path())) {
          matches++;
          if (match.trouble() != null) {
            error(
                PlanDiagnosticIds.INPUT_UNREADABLE,
                glob.range(),
                "Could not read the input `%s`: %s.".formatted(match.path(), match.trouble()),
                "Mend or remove it, or leave it out with a pattern such as `'!%s'`."
                    .formatted(match.path()));
            continue;
          }
          add(match, pattern.get().belowPrefix(match.path()), found);
        }
      }
      if (matches == 0) {
        error(
            PlanDiagnosticIds.INPUT_NO_MATCH,
            glob.range(),
            "No file matches `%s`.".formatted(glob.pattern()),
            "Paths are relative to the folder of the pipeline file; hidden files match only a pattern that begins with a dot.");
      }
    } catch (PathPattern.UnreadableNameException e) {
      error(PlanDiagnosticIds.INPUT_UNREADABLE, glob.range(), unreadable(e), "Rename it.");
    } catch (IOException e) {
      error(
          PlanDiagnosticIds.INPUT_UNREADABLE,
          glob.range(),
          unreadable(e),
          "Check the permissions.");
    }
  }

  private void addLiteral(InputSource.Literal literal, Map<String, InputFile> found) {
    var file = folder.resolve(literal.path());
    if (!Files.isRegularFile(file)) {
      error(
          PlanDiagnosticIds.INPUT_NO_MATCH,
          literal.range(),
          Files.exists(file)
              ? "`%s` is not a file.".formatted(literal.path())
              : "There is no file `%s`.".formatted(literal.path()),
          "Paths are relative to the folder of the pipeline file.");
      return;
    }
    try {
      add(
          new PathPattern.Match(file, literal.path(), Files.size(file), null),
          file.getFileName().toString(),
          found);
    } catch (IOException e) {
      error(
          PlanDiagnosticIds.INPUT_UNREADABLE,
          literal.range(),
          unreadable(e),
          "Check the permissions.");
    }
  }

  private static boolean matchesAny(List<PathPattern> patterns, String path) {
    for (var each : patterns) {
      if (each.matches(path)) {
        return true;
      }
    }
    return false;
  }

  private static void add(PathPattern.Match match, String name, Map<String, InputFile> found) {
    found.putIfAbsent(match.path(), new InputFile(match.file(), 0, match.size(), name));
  }

  private static String unreadable(IOException e) {
    return "Could not read the input: " + Trouble.reason(e) + ".";
  }

  void error(String id, Range range, String message, String hint) {
    diagnostics.add(Diagnostic.error(id, source, range, message, hint));
  }
}
