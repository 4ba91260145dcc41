package org.golempipeline.spec;

import java.util.List;
import java.util.regex.Pattern;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Problems;
import org.golempipeline.document.Node.Scalar;

/**
 * Warns of what is not the language of {@code /bin/sh}: bash's own words, which the shells of most
 * images lack, and placeholders of other tools, which no shell fills in.
 */
final class ShellDialect {
  private static final String START =
      "(?:^|[;&|(\\n{]|\\b(?:then|do|else|if|while|until|!))[ \\t]*";

  /** Each with its first group on what to point at. */
  private static final List<Word> BASH =
      List.of(
          bash(START + "(\\[\\[)(?=\\s)", "Write `[ … ]`, and `case` for patterns."),
          bash(
              START + "(set[ \\t]+[-+][a-z]*o[ \\t]+pipefail)\\b(?![^\\n]*(?:\\|\\||2>))",
              "Leave it out: `pipefail` is on wherever the shell has it."),
          bash(START + "(source)[ \\t]+[^=\\s]", "Write `.` instead."),
          bash(START + "(function)[ \\t]+\\w", "Write `name() { …; }`."),
          bash(
              START + "(shopt|declare|mapfile|readarray|pushd|popd|typeset)\\b(?!=)",
              "Do without it, or call bash: `bash -c '…'`."),
          bash(
              "(?:^|[;&\\n \\t])(\\w+\\+?=\\()(?!\\()",
              "Do without an array: `set -- …` and `\"$@\"`, or a file with a line for each."),
          bash("(<<<)", "Write `printf '%s\\n' … |` before the command."),
          bash("(?<![<\\w$])(<\\()", "Write a file in `\"$tmp\"` first."),
          bash("(?<![>&0-9\\\\])(&>>?)", "Write `> file 2>&1`."),
          bash("(\\{-?\\d+\\.\\.-?\\d+(?:\\.\\.-?\\d+)?\\})", "Write `$(seq 1 10)`."),
          bash("(?:\\[[ \\t][^\\]\\n]*|\\btest[ \\t][^;&|\\n]*)[ \\t](==)[ \\t]", "Write `=`."));

  /** In quotes too. */
  private static final List<Word> BASH_EXPANSIONS =
      List.of(
          bash("(?<!\\\\)(\\$\\{\\w+//?[^}]*\\})", "Use `sed` or `tr`."),
          bash("(?<!\\\\)(\\$\\{\\w+:(?:\\s+-?)?\\d[^}]*\\})", "Use `cut -c`."),
          bash("(?<!\\\\)(\\$\\{\\w+(?:\\^\\^?|,,?)\\})", "Use `tr '[:upper:]' '[:lower:]'`."),
          bash(
              "(?<!\\\\)(\\$\\{\\w+\\[[^\\]]*\\]\\})",
              "Do without an array: `set -- …` and `\"$@\"`."),
          bash(
              "(?<!\\\\)(\\$RANDOM)\\b",
              "Use `$(shuf -i 0-32767 -n 1)`, or `awk` with a seed of the fragment's."));

  private static final List<Word> FOREIGN =
      List.of(
          new Word(
              Pattern.compile("(?<!\\\\)(\\$\\{\\{\\s*[\\w.\\[\\]'-]+\\s*\\}\\})"),
              "`%s` belongs to another tool, and the shell cannot read it.",
              "Values are variables here: `\"$name\"`."),
          new Word(
              Pattern.compile(
                  "(?<![$\\w{'])(\\{(?:input|output|threads|log|wildcards|params|resources)"
                      + "(?:\\.\\w+|\\[\\w+\\])?\\})"),
              "`%s` belongs to another tool, and nothing is put in its place.",
              "Write `\"$in\"` for the input, `\"$out\"` for the output and `\"$name\"` for any"
                  + " other value."),
          new Word(
              Pattern.compile("(?<![\\w/])([~!]\\{\\w+(?:\\.\\w+)?\\})"),
              "`%s` belongs to another tool, and nothing is put in its place.",
              "Values are variables here: `\"$name\"`."));

  private final Problems problems;
  private final ShellPlaces places;

  ShellDialect(Problems problems, ShellPlaces places) {
    this.problems = problems;
    this.places = places;
  }

  /** Whether the text is the shell's alone. */
  boolean check(Scalar scalar, ShellScan scan) {
    var clean = true;
    for (var word : BASH) {
      clean &= report(word, scalar, scan.code(), DiagnosticIds.LINT_BASH);
    }
    for (var word : BASH_EXPANSIONS) {
      clean &= report(word, scalar, scan.expanded(), DiagnosticIds.LINT_BASH);
    }
    for (var word : FOREIGN) {
      clean &= report(word, scalar, scan.expanded(), DiagnosticIds.LINT_PLACEHOLDER);
    }
    return clean;
  }

  private boolean report(Word word, Scalar scalar, String text, String id) {
    var found = word.pattern.matcher(text);
    if (!found.find()) {
      return true;
    }
    problems.warning(
        id,
        places.locate(scalar, found.start(1), found.end(1)),
        word.message.formatted(found.group(1)),
        word.cure);
    return false;
  }

  private static Word bash(String pattern, String cure) {
    return new Word(
        Pattern.compile(pattern),
        "`%s` is bash's, and `/bin/sh` is another shell in most images.",
        cure);
  }

  private record Word(Pattern pattern, String message, String cure) {}
}
