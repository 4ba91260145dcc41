package org.golempipeline.spec;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;
import org.jspecify.annotations.Nullable;

/** Warns of a command that reads a file beside the pipeline file which providers do not get. */
final class FilesBeside {
  /** A word of a command that may be a path: as a whole in quotes, or without any. */
  private static final Pattern WORD =
      Pattern.compile("(?<![^\\s;|&(<])([\"']?)([\\w@%+,.-][\\w@%+,./-]*)\\1(?=[\\s;|&)]|$)");

  private final FileUnderCheck file;
  private final ShellPlaces places;

  FilesBeside(FileUnderCheck file, ShellPlaces places) {
    this.file = file;
    this.places = places;
  }

  /** Looks at a shell text that providers run. */
  void check(Scalar scalar, ShellScan scan, StageOutline stage) {
    var text = scalar.text();
    var words = WORD.matcher(text);
    while (words.find()) {
      var path = words.group(2);
      if (isLive(words, scan) && isMissing(path, stage) && !isWritten(path, text)) {
        report(path, scalar, words.start(2), words.end(2), stage);
        return;
      }
    }
  }

  /** Looks at the words of a list. */
  void check(Sequence argv, StageOutline stage) {
    for (var item : argv.items()) {
      if (item instanceof Scalar word && isMissing(word.text(), stage)) {
        report(word.text(), word, 0, word.text().length(), stage);
        return;
      }
    }
  }

  /** Whether the word is no part of a longer text in quotes, nor of a comment. */
  private static boolean isLive(Matcher word, ShellScan scan) {
    var code = scan.code();
    return word.group(1).isEmpty()
        ? code.startsWith(word.group(2), word.start(2))
        : code.charAt(word.start()) == word.group(1).charAt(0);
  }

  private boolean isMissing(String path, StageOutline stage) {
    var canBePath =
        (path.indexOf('.') >= 0 || path.indexOf('/') >= 0)
            && !path.startsWith("-")
            && !path.startsWith("/");
    return canBePath && file.overrides().surroundings().isFile(path) && !provides(stage, path);
  }

  /** Whether {@code files} puts something there. */
  private static boolean provides(StageOutline stage, String path) {
    var plain = path.startsWith("./") ? path.substring(2) : path;
    if (stage.files() instanceof Mapping named) {
      return named.get(plain) != null;
    }
    for (var pattern : patterns(stage)) {
      if (matches(pattern.substring(pattern.lastIndexOf('/') + 1), plain)) {
        return true;
      }
    }
    return false;
  }

  private static List<String> patterns(StageOutline stage) {
    var patterns = new ArrayList<String>();
    for (var item : Values.list(stage.files())) {
      var path = item instanceof Mapping literal ? literal.get("path") : item;
      if (path instanceof Scalar scalar) {
        patterns.add(scalar.text());
      }
    }
    return patterns;
  }

  private static boolean matches(String pattern, String name) {
    try {
      return FileSystems.getDefault().getPathMatcher("glob:" + pattern).matches(Path.of(name));
    } catch (PatternSyntaxException e) {
      return true;
    }
  }

  /** Whether the command may make the file itself. */
  private static boolean isWritten(String path, String text) {
    return Pattern.compile(
            "(?:>|\\b(?:tee|touch|cp|mv|ln|mkdir|rm)\\b[^\\n;|&]*\\s|\\s-[oO]\\s*|--out\\S*[= ]|of=)\\s*[\"']?"
                + Pattern.quote(path))
        .matcher(text)
        .find();
  }

  private void report(String path, Scalar scalar, int from, int to, StageOutline stage) {
    var base = path.substring(path.lastIndexOf('/') + 1);
    var underBase = path.indexOf('/') >= 0 && !path.equals("./" + base) && provides(stage, base);
    file.problems()
        .warning(
            DiagnosticIds.LINT_FILE_BESIDE,
            places.locate(scalar, from, to),
            underBase
                ? "Providers have `%s` under the name `%s`.".formatted(path, base)
                : "`%s` lies beside this file, but providers get only what `files` lists."
                    .formatted(path),
            underBase ? "Write `%s`.".formatted(base) : cure(path, base, stage));
  }

  private static @Nullable String cure(String path, String base, StageOutline stage) {
    var plain = path.startsWith("./") ? path.substring(2) : path;
    var under = plain.equals(base) ? "" : ", and name it `%s` here".formatted(base);
    return stage.files() == null
        ? "Add `files: [%s]`%s.".formatted(plain, under)
        : "Add it to `files`%s.".formatted(under);
  }
}
