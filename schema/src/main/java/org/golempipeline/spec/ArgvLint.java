package org.golempipeline.spec;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.document.Node;
import org.golempipeline.document.Node.Mapping;
import org.golempipeline.document.Node.Scalar;
import org.golempipeline.document.Node.Sequence;
import org.jspecify.annotations.Nullable;

/**
 * Warns of a {@code run} list that puts a value into the text of a program: whatever characters the
 * value has, an interpreter would read them as its language.
 */
final class ArgvLint {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.+-]*");
  private static final Pattern BLANK = Pattern.compile("\\s");
  private static final Pattern VARIABLE = Pattern.compile("(?<!\\$)\\$([a-z][a-z0-9_]*)");

  /** What the runner itself gives, and always in plain characters. */
  private static final Set<String> OWN = Set.of("index", "count", "out", "outdir", "tmp");

  private final FileUnderCheck file;
  private final StageOutline stage;
  private final ShellNames names;

  private ArgvLint(FileUnderCheck file, StageOutline stage, ShellNames names) {
    this.file = file;
    this.stage = stage;
    this.names = names;
  }

  static void run(FileUnderCheck file, Map<String, Scope> scopes) {
    var names = new ShellNames(file, scopes);
    for (var stage : file.stages()) {
      if (stage.body().get("run") instanceof Sequence argv) {
        new ArgvLint(file, stage, names).argv(argv);
      }
    }
  }

  private void argv(Sequence argv) {
    var words = new ArrayList<String>();
    for (var item : argv.items()) {
      var template = file.tree().written().get(item);
      words.add(
          template != null ? template.toString() : item instanceof Scalar word ? word.text() : "");
    }
    var programs = new HashSet<Integer>();
    for (var at = 0; at < words.size(); at++) {
      var language = Language.of(words.get(at));
      if (language != null) {
        for (var program : language.programs(words, at)) {
          program(argv.items().get(program), words.get(at), language);
          programs.add(program);
        }
      }
    }
    if (BLANK.matcher(words.get(0)).find()) {
      file.problems()
          .warning(
              DiagnosticIds.LINT_LIST,
              argv.items().get(0).range(),
              "A list is one program and its arguments, and no program is called `%s`."
                  .formatted(words.get(0).strip().lines().findFirst().orElse("")),
              "For lines of a shell write `run: |` and the lines below it.");
      return;
    }
    for (var at = 0; at < words.size(); at++) {
      if (!programs.contains(at)) {
        dollar(argv.items().get(at), words.get(at));
      }
    }
  }

  /** A variable as a shell has it, where there is no shell. */
  private void dollar(Node word, String text) {
    var dollar = VARIABLE.matcher(text);
    while (dollar.find()) {
      var name = dollar.group(1);
      if (names.available(stage, "run").contains(name)) {
        file.problems()
            .warning(
                DiagnosticIds.LINT_LIST,
                word.range(),
                "No shell reads a list, so `$%s` stays as it is.".formatted(name),
                "Write `${%s}`.".formatted(name));
        return;
      }
    }
  }

  private void program(Node word, String interpreter, Language language) {
    var template = file.tree().written().get(word);
    if (template == null) {
      return;
    }
    for (var name : template.names()) {
      if (!isHarmless(name)) {
        file.problems()
            .warning(
                DiagnosticIds.LINT_PROGRAM_TEXT,
                word.range(),
                "The value of `${%s}` becomes part of the program that `%s` reads, quotes and all."
                    .formatted(name, interpreter),
                language.cure.formatted(name));
        return;
      }
    }
  }

  /** Whether no value of that name can mean anything to an interpreter. */
  private boolean isHarmless(String name) {
    if (OWN.contains(name)) {
      return true;
    }
    if (stage.body().get("matrix") instanceof Mapping matrix && matrix.get(name) != null) {
      return Values.list(matrix.get(name)).stream()
          .allMatch(each -> each instanceof Scalar scalar && isPlain(scalar.text()));
    }
    if (file.tree().root().get("params") instanceof Mapping params
        && params.get(name) instanceof Mapping declaration
        && declaration.get("type") instanceof Scalar type) {
      return !type.text().equals("string");
    }
    return "range".equals(stage.splitName());
  }

  private static boolean isPlain(String value) {
    return PLAIN.matcher(value).matches();
  }

  /** What reads one of its arguments as a program, and how it takes values instead. */
  private enum Language {
    SHELL(
        "(?:ba|da|a|k|mk|z)?sh",
        "-[a-z]*c",
        "Write the text after `run: |` and `\"$%1$s\"` in it, or add the words `sh`, `\"${%1$s}\"` to the list and read `\"$1\"`."),
    PYTHON(
        "(?:python|pypy)[0-9.]*",
        "-[A-Za-z]*c",
        "Add `\"${%1$s}\"` to the list as a word of its own, and read `sys.argv[1]`."),
    PERL(
        "perl[0-9.]*",
        "-[A-Za-z0-9]*[eE]",
        "Add `\"${%1$s}\"` to the list as a word of its own, and read `$ARGV[0]`."),
    RUBY(
        "ruby[0-9.]*",
        "-[a-z]*e",
        "Add `\"${%1$s}\"` to the list as a word of its own, and read `ARGV[0]`."),
    NODE(
        "node|nodejs|bun|deno",
        "-[pe]+|--eval|--print",
        "Add `\"${%1$s}\"` to the list as a word of its own, and read `process.argv[1]`."),
    PHP(
        "php[0-9.]*",
        "-r",
        "Add `\"${%1$s}\"` to the list as a word of its own, and read `$argv[1]`."),
    LUA("lua[0-9.]*|luajit", "-e", "Hand the value to a script in `files` as a word of its own."),
    R(
        "Rscript",
        "-e",
        "Add `\"${%1$s}\"` to the list as a word of its own, and read `commandArgs(TRUE)[1]`."),
    AWK("[gmn]?awk", null, "Hand it over with the words `-v`, `%1$s=${%1$s}`, and read `%1$s`."),
    JQ(
        "jq|gojq|jaq",
        null,
        "Hand it over with the words `--arg`, `%1$s`, `\"${%1$s}\"`, and read `$%1$s`."),
    SED("sed|gsed", null, "Let `awk` do it, which takes values with `-v %1$s=${%1$s}`.");

    /** Options of those without a letter for a program that take the next word with them. */
    private static final Map<Language, Set<String>> WITH_VALUE =
        Map.of(
            AWK, Set.of("-F", "-v", "-E", "-i", "-l"),
            JQ, Set.of("--indent", "-L"),
            SED, Set.of("-l"));

    private static final Map<Language, Set<String>> WITH_TWO_VALUES =
        Map.of(JQ, Set.of("--arg", "--argjson", "--slurpfile", "--rawfile"));

    private final Pattern name;
    private final @Nullable Pattern option;
    private final String cure;

    Language(String name, @Nullable String option, String cure) {
      this.name = Pattern.compile(name);
      this.option = option == null ? null : Pattern.compile(option);
      this.cure = cure;
    }

    static @Nullable Language of(String word) {
      var base = word.substring(word.lastIndexOf('/') + 1);
      for (var language : values()) {
        if (language.name.matcher(base).matches()) {
          return language;
        }
      }
      return null;
    }

    /** Which of the words after the interpreter at {@code at} are programs. */
    List<Integer> programs(List<String> words, int at) {
      return option == null ? firstOperand(words, at + 1) : behindOption(option, words, at + 1);
    }

    private static List<Integer> behindOption(Pattern option, List<String> words, int from) {
      for (var i = from; i + 1 < words.size(); i++) {
        if (option.matcher(words.get(i)).matches()) {
          return List.of(i + 1);
        }
        if (!words.get(i).startsWith("-")) {
          return List.of();
        }
      }
      return List.of();
    }

    private List<Integer> firstOperand(List<String> words, int from) {
      for (var i = from; i < words.size(); i++) {
        var word = words.get(i);
        if (word.equals("-f") || word.equals("--file") || word.equals("--from-file")) {
          return List.of();
        }
        if (word.equals("-e") || word.equals("--expression") || word.equals("--")) {
          return i + 1 < words.size() ? List.of(i + 1) : List.of();
        }
        if (WITH_TWO_VALUES.getOrDefault(this, Set.of()).contains(word)) {
          i += 2;
        } else if (WITH_VALUE.getOrDefault(this, Set.of()).contains(word)) {
          i++;
        } else if (!word.startsWith("-")) {
          return List.of(i);
        }
      }
      return List.of();
    }
  }
}
