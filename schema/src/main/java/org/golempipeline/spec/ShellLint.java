package org.golempipeline.spec;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Problems;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.document.Node.Entry;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;
import org.golempipeline.document.Node.Style;
import org.golempipeline.strategy.MergeStrategy.Result;
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

  /** Stands for a plugin's text of which nobody knows what is set in it. */
  private static final String SILENT = "plugin";

  /** Upper-case names are the system's. */
  private static final Pattern OWN_NAME = Pattern.compile("[a-z][a-z0-9_]*");

  private static final Set<String> OF_THE_SYSTEM =
      Set.of("http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy");

  /** A text that another one sets variables in. */
  private static final Pattern SETS_UNSEEN =
      Pattern.compile("(?:^|[;&|\\n(])\\s*(?:\\.|source)\\s|\\beval\\b|set\\s+\\+u");

  private final FileUnderCheck file;
  private final Problems problems;
  private final Map<String, Scope> scopes;
  private final ShellNames names;
  private final ShellPlaces places;
  private final ShellDialect dialect;
  private final FilesBeside beside;

  /** The texts that a shell may be asked about. */
  private final List<Scalar> readable = new ArrayList<>();

  private ShellLint(FileUnderCheck file, Map<String, Scope> scopes) {
    this.file = file;
    this.problems = file.problems();
    this.scopes = scopes;
    this.names = new ShellNames(file, scopes);
    this.places = new ShellPlaces(problems.source());
    this.dialect = new ShellDialect(problems, places);
    this.beside = new FilesBeside(file, places);
  }

  static void run(FileUnderCheck file, Map<String, Scope> scopes) {
    var lint = new ShellLint(file, scopes);
    var root = file.tree().root();
    var setup = root.entry("setup");
    if (root.entry("stages") != null && setup != null) {
      lint.text("setup", setup, file.params().declared().keySet(), null);
    }
    for (var stage : file.stages()) {
      for (var key : List.of("run", "setup", "accept")) {
        lint.text(key, stage.body().entry(key), lint.names.available(stage, key), stage);
      }
      if (stage.body().get("enough") instanceof Mapping enough) {
        lint.text("until", enough.entry("until"), lint.names.common(stage, Set.of("in")), stage);
      }
      for (var key : List.of("split", "merge")) {
        var strategy = stage.body().entry(key);
        if (strategy != null) {
          lint.options(key, strategy, file.place(stage, key), stage);
        }
      }
      if (stage.body().get("run") instanceof Sequence argv) {
        lint.beside.check(argv, stage);
      }
    }
    lint.syntax();
  }

  /** What the shell says to all the texts. */
  private void syntax() {
    var complaints =
        file.overrides().surroundings().syntax(readable.stream().map(Scalar::text).toList());
    for (var i = 0; i < readable.size(); i++) {
      var scalar = readable.get(i);
      complaints
          .get(i)
          .ifPresent(
              complaint ->
                  problems.warning(
                      DiagnosticIds.LINT_SYNTAX,
                      places.line(scalar, complaint.line()),
                      "The shell cannot read this: %s.".formatted(complaint.message()),
                      "It was asked with `sh -n`; what is wrong may stand before this place."));
    }
  }

  /** Looks for shell text among the options of a strategy. */
  private void options(String what, Entry entry, SchemaPlace place, StageOutline stage) {
    if (entry.value() instanceof Mapping options) {
      for (var option : options.entries()) {
        options(what, option, place.key(option.name()), stage);
      }
    } else if (entry.value() instanceof Sequence list) {
      for (var i = 0; i < list.items().size(); i++) {
        options(what, new Entry(entry.key(), list.items().get(i)), place.item(i), stage);
      }
    } else if (place.isShell() && ((Scalar) entry.value()).string() != null) {
      var own = place.variables();
      if (own == null) {
        // A plugin that does not say what it sets.
        text(SILENT, entry, names.common(stage, Variables.RESERVED), stage);
      } else {
        clashes(entry, own, stage);
        text(what, entry, names.common(stage, own), stage);
        output(entry, own);
      }
    }
  }

  /** A strategy's own variable that hides one of the file's in its shell text. */
  private void clashes(Entry entry, Set<String> own, StageOutline stage) {
    var text = ((Scalar) entry.value()).text();
    for (var name : new ShellText(text, entry.value().range()).mentioned(own)) {
      var kind = names.kind(name, stage);
      if (kind != null && !Variables.RESERVED.contains(name)) {
        problems.error(
            DiagnosticIds.NAME_CLASH,
            use(entry, name),
            "`$%s` is set by the strategy here, which hides the %s `%1$s`.".formatted(name, kind),
            "Rename the %s.".formatted(kind));
      }
    }
  }

  private void output(Entry entry, Set<String> own) {
    var text = new ShellText(((Scalar) entry.value()).text(), entry.value().range());
    for (var name : List.of("out", "outdir")) {
      if (own.contains(name) && text.mentioned(Set.of(name)).isEmpty()) {
        problems.warning(
            DiagnosticIds.LINT_NO_OUTPUT,
            entry.key().range(),
            "The command never names `$%s`, so nothing can come of it.".formatted(name),
            writeHint(name));
      }
    }
  }

  private static String writeHint(String name) {
    return name.equals("out")
        ? "Write the result to `\"$out\"`."
        : "Write the results into the folder `\"$outdir\"`.";
  }

  /** Where the text reads the variable, or the key if that is not plain to see. */
  private Range use(Entry entry, String name) {
    var scalar = (Scalar) entry.value();
    return ShellScan.of(scalar.text()).uses().stream()
        .filter(use -> use.name().equals(name))
        .findFirst()
        .map(use -> places.locate(scalar, use.from(), use.to()))
        .orElse(entry.key().range());
  }

  /**
   * Looks at one shell text.
   *
   * @param what the key of the stage that it belongs to
   * @param available the names that have a value in it
   */
  private void text(
      String what, @Nullable Entry entry, Set<String> available, @Nullable StageOutline stage) {
    if (entry == null || !(entry.value() instanceof Scalar scalar) || scalar.string() == null) {
      return;
    }
    var scan = ShellScan.of(scalar.text());
    var isWhole = !cut(entry.name(), scalar, scan);
    failures(scalar, scan, available.contains("tmp"));
    var isPlain = dialect.check(scalar, scan);
    if (isWhole && isPlain) {
      readable.add(scalar);
    }
    var reported = new HashSet<String>();
    for (var use : scan.uses()) {
      if (!reported.contains(use.name()) && variable(use, scalar, available, what, stage)) {
        reported.add(use.name());
      }
    }
    if (stage != null && (what.equals("run") || what.equals("setup"))) {
      beside.check(scalar, scan, stage);
    }
    if (stage != null && what.equals("run")) {
      run(stage, scalar, entry.key().range());
    }
  }

  /** Whether a comment behind a plain command was perhaps part of it. */
  private boolean cut(String key, Scalar scalar, ShellScan scan) {
    var range = scalar.range();
    if (scalar.style() != Style.PLAIN || range.line() != range.endLine()) {
      return false;
    }
    var rest = places.rest(range, range.endLine(), range.endColumn());
    var isComment = rest.stripLeading().startsWith("#") && !rest.startsWith("#");
    if (!isComment || !scan.isUnclosed() && !key.equals("run")) {
      return false;
    }
    var place =
        range.to(
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
    return true;
  }

  private void failures(Scalar scalar, ShellScan scan, boolean hasFolder) {
    var code = scan.code();
    var ignored = IGNORED.matcher(code);
    while (ignored.find()) {
      problems.warning(
          DiagnosticIds.LINT_IGNORED_FAILURE,
          places.locate(scalar, ignored.start(), ignored.end()),
          "`%s` hides every failure of the command before it.".formatted(ignored.group()),
          "Name the status that is fine: `|| [ $? -eq 1 ]`.");
    }
    var hidden = DECOMPRESSOR.matcher(code);
    while (hidden.find()) {
      problems.warning(
          DiagnosticIds.LINT_HIDDEN_FAILURE,
          places.locate(scalar, hidden.start(1), hidden.end(1)),
          "Where the shell has no `pipefail`, a damaged file goes unnoticed: the pipe hides that `%s` failed."
              .formatted(hidden.group(1)),
          hasFolder
              ? "Decompress into a file in `\"$tmp\"` first."
              : "Decompress into a file first.");
    }
  }

  /** Whether there was something to say about it. */
  private boolean variable(
      ShellScan.Use use,
      Scalar scalar,
      Set<String> available,
      String what,
      @Nullable StageOutline stage) {
    var name = use.name();
    if (available.contains(name)) {
      if (use.safe() || NUMBERS.contains(name)) {
        return false;
      }
      problems.warning(
          DiagnosticIds.LINT_UNQUOTED,
          places.locate(scalar, use.from(), use.to()),
          "The shell splits `$%s` at spaces and expands its wildcards here.".formatted(name),
          "Write `\"$%s\"`.".formatted(name));
      return true;
    }
    var source = file.stage(name);
    var isValue = source != null && source.result(file.strategies()) == Result.VALUE;
    var isFragments =
        Variables.RESERVED.contains(name) || stage != null && names.variables(stage).contains(name);
    if (isAssigned(name, scalar.text())) {
      return false;
    }
    if (!isValue && !isFragments) {
      return !what.equals(SILENT) && unknown(use, scalar, available, stage);
    }
    problems.warning(
        DiagnosticIds.LINT_UNSET,
        places.locate(scalar, use.from(), use.to()),
        "`$%s` has no value here.".formatted(name),
        unsetHint(name, what, isValue, stage));
    return true;
  }

  /** A name that nothing in the file has: a slip, or what only some shells or machines set. */
  private boolean unknown(
      ShellScan.Use use, Scalar scalar, Set<String> available, @Nullable StageOutline stage) {
    var scope = stage == null ? null : scopes.get(stage.name());
    var mayBeSet =
        use.fallsBack()
            || !OWN_NAME.matcher(use.name()).matches()
            || OF_THE_SYSTEM.contains(use.name())
            || scope == null
            || !scope.complete()
            || SETS_UNSEEN.matcher(scalar.text()).find();
    if (mayBeSet) {
      return false;
    }
    problems.warning(
        DiagnosticIds.LINT_UNSET,
        places.locate(scalar, use.from(), use.to()),
        "Nothing sets `$%s`, and the shell stops at a variable without a value."
            .formatted(use.name()),
        Nearest.to(use.name(), available)
            .map("Did you mean `$%s`?"::formatted)
            .orElse("Declare it under `params`, or set it in the text."));
    return true;
  }

  private @Nullable String unsetHint(
      String name, String what, boolean isValue, @Nullable StageOutline stage) {
    if (isValue) {
      return stage == null ? null : "Add `needs: %s`.".formatted(name);
    }
    return switch (what) {
      case "setup" -> "`setup` runs once per provider, before it knows any fragment.";
      case "accept" -> "`accept` gets the output to judge as `\"$in\"`.";
      case "until" -> "`until` gets the result so far as `\"$in\"`.";
      case "split", "merge", SILENT ->
          "A strategy's command knows params, values of needed stages, and what the reference lists"
              + " for it.";
      default ->
          switch (name) {
            case "out" -> "`out` is a glob, so files go into `\"$outdir\"`.";
            case "outdir" ->
                "The stage leaves one file, `\"$out\"`; for several set `out` to a glob.";
            case "in", "path", "stem" -> inputHint(stage);
            default -> null;
          };
    };
  }

  /** {@code needs} only waits; it is {@code from} that reads. */
  private String inputHint(@Nullable StageOutline stage) {
    var needed = stage == null ? List.<Scalar>of() : stage.references("needs");
    for (var need : needed) {
      var source = file.stage(need.text());
      if (source != null && source.result(file.strategies()) != Result.VALUE) {
        return "Write `from: %s` in place of `needs`, which only waits and hands nothing over."
            .formatted(need.text());
      }
    }
    return "The stage has neither `input` nor `from`.";
  }

  private static boolean isAssigned(String name, String text) {
    return Pattern.compile(
            ("\\b%1$s\\+?=|\\$\\{%1$s:?=|\\b(?:for|select|read|getopts|local|export|readonly|declare|typeset|mapfile|readarray|printf|let)\\b[^\\n"
                    + ";|]*\\b%1$s\\b|\\(\\([^)\\n"
                    + "]*\\b%1$s\\b")
                .formatted(name))
        .matcher(text)
        .find();
  }

  private void run(StageOutline stage, Scalar scalar, Range key) {
    var wanted = stage.leavesMany() ? "outdir" : "out";
    var text = new ShellText(scalar.text(), scalar.range());
    if (!scalar.text().isBlank()
        && text.mentioned(Set.of(wanted)).isEmpty()
        && stage.result(file.strategies()) != Result.FIRST) {
      problems.warning(
          DiagnosticIds.LINT_NO_OUTPUT,
          key,
          "The command never names `$%s`, so no fragment can leave anything.".formatted(wanted),
          writeHint(wanted));
    }
    var scope = scopes.get(stage.name());
    if (scope != null && !text.mentioned(Set.of("count")).isEmpty()) {
      for (var use : ShellScan.of(scalar.text()).uses()) {
        if (use.name().equals("count")) {
          TemplateCheck.checkCount(file, stage, scope, places.locate(scalar, use.from(), use.to()));
          return;
        }
      }
    }
  }
}
