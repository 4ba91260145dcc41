package org.golempipeline.spec;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Problems;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.document.Node.Entry;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Style;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.golempipeline.strategy.SplitStrategy.InputUse;
import org.jspecify.annotations.Nullable;

/** Warns of what a shell text hides: failures nobody sees, variables that are split or unset. */
final class ShellLint {
  private static final Pattern IGNORED = Pattern.compile("\\|\\|\\s*(?:true|:)(?![\\w./-])");
  private static final Pattern DECOMPRESSOR =
      Pattern.compile(
          "(?:^|[;&(\\n{`]|\\bthen\\b|\\bdo\\b)\\s*"
              + "(zcat|bzcat|xzcat|zstdcat|lz4cat|gunzip|bunzip2|unxz|unzstd"
              + "|(?:gzip|bzip2|xz|zstd|lz4)\\s+-[a-zA-Z]*d[a-zA-Z]*|unzip\\s+-p)\\b"
              + "[^|&;\\n]*\\|(?!\\|)");
  private static final Set<String> NUMBERS = Set.of("index", "count");

  private final FileUnderCheck file;
  private final Problems problems;
  private final Map<String, Scope> scopes;

  private ShellLint(FileUnderCheck file, Map<String, Scope> scopes) {
    this.file = file;
    this.problems = file.problems();
    this.scopes = scopes;
  }

  static void run(FileUnderCheck file, Map<String, Scope> scopes) {
    var lint = new ShellLint(file, scopes);
    var root = file.tree().root();
    var setup = root.entry("setup");
    if (root.entry("stages") != null && setup != null) {
      lint.text(setup, new HashSet<>(file.params().declared().keySet()), null);
    }
    for (var stage : file.stages()) {
      for (var key : new String[] {"run", "setup", "accept"}) {
        var entry = stage.body().entry(key);
        if (entry != null) {
          lint.text(entry, lint.available(stage, key), stage);
        }
      }
    }
  }

  /** The names that have a value in the text at {@code key}. */
  private Set<String> available(StageOutline stage, String key) {
    var names = new HashSet<>(file.params().declared().keySet());
    names.addAll(TemplateCheck.neededValues(file, stage));
    var scope = scopes.get(stage.name());
    if (key.equals("setup") || scope == null) {
      return names;
    }
    names.addAll(scope.variables());
    names.addAll(Set.of("index", "count"));
    if (readsInput(stage)) {
      names.addAll(Set.of("path", "stem"));
    }
    if (key.equals("accept")) {
      names.add("in");
      return names;
    }
    names.add("tmp");
    names.add(leavesMany(stage) ? "outdir" : "out");
    if (readsInput(stage)) {
      names.add("in");
    }
    return names;
  }

  private boolean readsInput(StageOutline stage) {
    var split = stage.split(file.strategies());
    return stage.hasInput() || split != null && split.inputUse() == InputUse.REQUIRED;
  }

  private static boolean leavesMany(StageOutline stage) {
    return stage.body().get("out") instanceof Scalar out
        && (out.text().contains("*") || out.text().contains("?") || out.text().contains("["));
  }

  private void text(Entry entry, Set<String> available, @Nullable StageOutline stage) {
    if (!(entry.value() instanceof Scalar scalar) || scalar.string() == null) {
      return;
    }
    var scan = ShellScan.of(scalar.text());
    cut(entry.name(), scalar, scan);
    failures(scalar, scan);
    var reported = new HashSet<String>();
    for (var use : scan.uses()) {
      if (!reported.contains(use.name()) && variable(use, scalar, available, entry.name(), stage)) {
        reported.add(use.name());
      }
    }
    if (stage != null && entry.name().equals("run")) {
      run(stage, scalar, entry.key().range());
    }
  }

  /** A plain command with a comment behind it: perhaps the comment was part of the command. */
  private void cut(String key, Scalar scalar, ShellScan scan) {
    var range = scalar.range();
    if (scalar.style() != Style.PLAIN || range.line() != range.endLine()) {
      return;
    }
    var rest = after(problems.source().line(range.endLine()), range.endColumn());
    var isComment = rest.stripLeading().startsWith("#") && !rest.startsWith("#");
    if (!isComment || !scan.isUnclosed() && !key.equals("run")) {
      return;
    }
    var place =
        new Range(
            range.endLine(),
            range.endColumn() + rest.indexOf('#'),
            range.endLine(),
            range.endColumn() + rest.codePointCount(0, rest.length()));
    var hint = "Use `%s: |` and write the command on the next line.".formatted(key);
    if (scan.isUnclosed()) {
      problems.error(
          DiagnosticIds.YAML_COMMENT,
          place,
          "The command ends here: a `#` after a space starts a comment.",
          hint);
    } else {
      problems.warning(
          DiagnosticIds.YAML_COMMENT,
          place,
          "This is a comment and not part of the command.",
          hint);
    }
  }

  private static String after(String line, int column) {
    return line.codePointCount(0, line.length()) < column - 1
        ? ""
        : line.substring(line.offsetByCodePoints(0, column - 1));
  }

  private void failures(Scalar scalar, ShellScan scan) {
    var code = scan.code();
    var ignored = IGNORED.matcher(code);
    while (ignored.find()) {
      problems.warning(
          DiagnosticIds.LINT_IGNORED_FAILURE,
          locate(scalar, ignored.start(), ignored.end()),
          "`%s` hides every failure of the command before it.".formatted(ignored.group()),
          "Name the status that is fine: `|| [ $? -eq 1 ]`.");
    }
    var hidden = DECOMPRESSOR.matcher(code);
    while (hidden.find()) {
      problems.warning(
          DiagnosticIds.LINT_HIDDEN_FAILURE,
          locate(scalar, hidden.start(1), hidden.end(1)),
          "Where the shell has no `pipefail`, a damaged file goes unnoticed: the pipe hides that `%s` failed."
              .formatted(hidden.group(1)),
          "Decompress into a file in `\"$tmp\"` first.");
    }
  }

  /** Whether there was something to say about it. */
  private boolean variable(
      ShellScan.Use use,
      Scalar scalar,
      Set<String> available,
      String key,
      @Nullable StageOutline stage) {
    var name = use.name();
    if (available.contains(name)) {
      if (use.safe() || NUMBERS.contains(name)) {
        return false;
      }
      problems.warning(
          DiagnosticIds.LINT_UNQUOTED,
          locate(scalar, use.from(), use.to()),
          "The shell splits `$%s` at spaces and expands its wildcards here.".formatted(name),
          "Write `\"$%s\"`.".formatted(name));
      return true;
    }
    var source = file.stage(name);
    var isValue = source != null && source.result(file.strategies()) == Result.VALUE;
    if (!isValue && !Variables.RESERVED.contains(name) || isAssigned(name, scalar.text())) {
      return false;
    }
    problems.warning(
        DiagnosticIds.LINT_UNSET,
        locate(scalar, use.from(), use.to()),
        "`$%s` has no value here.".formatted(name),
        unsetHint(name, key, isValue, stage));
    return true;
  }

  private static @Nullable String unsetHint(
      String name, String key, boolean isValue, @Nullable StageOutline stage) {
    if (isValue) {
      return stage == null ? null : "Add `needs: %s`.".formatted(name);
    }
    if (key.equals("setup")) {
      return "`setup` runs once per provider, before it knows any fragment.";
    }
    if (key.equals("accept")) {
      return "`accept` gets the output to judge as `\"$in\"`.";
    }
    return switch (name) {
      case "out" -> "`out` is a glob, so files go into `\"$outdir\"`.";
      case "outdir" -> "The stage leaves one file, `\"$out\"`; for several set `out` to a glob.";
      default -> null;
    };
  }

  private static boolean isAssigned(String name, String text) {
    return Pattern.compile("\\b(?:%1$s=|for\\s+%1$s\\b|read\\b[^\\n;|]*\\b%1$s\\b)".formatted(name))
        .matcher(text)
        .find();
  }

  private void run(StageOutline stage, Scalar scalar, Range key) {
    var wanted = leavesMany(stage) ? "outdir" : "out";
    var text = new ShellText(scalar.text(), scalar.range());
    if (!scalar.text().isBlank()
        && text.mentioned(Set.of(wanted)).isEmpty()
        && stage.result(file.strategies()) != Result.FIRST) {
      problems.warning(
          DiagnosticIds.LINT_NO_OUTPUT,
          key,
          "The command never names `$%s`, so no fragment can leave anything.".formatted(wanted),
          wanted.equals("out")
              ? "Write the result to `\"$out\"`."
              : "Write the results into the folder `\"$outdir\"`.");
    }
    var scope = scopes.get(stage.name());
    if (scope != null && !text.mentioned(Set.of("count")).isEmpty()) {
      for (var use : ShellScan.of(scalar.text()).uses()) {
        if (use.name().equals("count")) {
          TemplateCheck.checkCount(file, stage, scope, locate(scalar, use.from(), use.to()));
          return;
        }
      }
    }
  }

  /** Where a part of a shell text stands in the file; the whole text if that cannot be told. */
  private Range locate(Scalar scalar, int from, int to) {
    var text = scalar.text();
    var range = scalar.range();
    if (scalar.style() == Style.LITERAL) {
      var lineStart = text.lastIndexOf('\n', from - 1) + 1;
      var lineEnd =
          text.indexOf('\n', lineStart) < 0 ? text.length() : text.indexOf('\n', lineStart);
      var number =
          range.line()
              + 1
              + (int) text.substring(0, lineStart).chars().filter(c -> c == '\n').count();
      var line = problems.source().line(number);
      var indent = line.indexOf(text.substring(lineStart, lineEnd));
      if (indent >= 0) {
        var column = line.codePointCount(0, indent + from - lineStart) + 1;
        var length = text.codePointCount(from, Math.min(to, lineEnd));
        return new Range(number, column, number, column + length);
      }
    } else if (range.line() == range.endLine()) {
      var quote = scalar.style() == Style.PLAIN ? 0 : 1;
      var line = after(problems.source().line(range.line()), range.column() + quote);
      if (line.startsWith(text)) {
        var column = range.column() + quote + text.codePointCount(0, from);
        return new Range(
            range.line(), column, range.line(), column + text.codePointCount(from, to));
      }
    }
    return range;
  }
}
