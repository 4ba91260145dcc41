package org.golempipeline.document;

import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Range;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * What the parser stumbled over, in words for people.
 *
 * @param blot the offset of a character that may be replaced to read on, or -1
 */
record SyntaxMistake(
    String id, Range range, String message, @Nullable String hint, int blot, char replacement) {

  static SyntaxMistake of(MarkedYAMLException e, Positions positions) {
    var problem = e.getProblem() == null ? "" : e.getProblem();
    var context = e.getContext() == null ? "" : e.getContext();
    var mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
    var at = mark == null ? 0 : Math.min(mark.getIndex(), positions.length());
    var contextAt = e.getContextMark() == null ? at : e.getContextMark().getIndex();
    if (context.startsWith("while scanning an alias")
        || context.startsWith("while scanning a tag")) {
      return pattern(positions, contextAt);
    }
    if (problem.startsWith("found character")) {
      return character(positions, at);
    }
    if (problem.startsWith("mapping values are not allowed")) {
      return colon(positions, at);
    }
    if (problem.startsWith("expected escape sequence")) {
      return digits(positions, at);
    }
    if (problem.startsWith("found unknown escape character") && at < positions.length()) {
      return escape(positions, at);
    }
    if (context.contains("quoted scalar") || problem.contains("quoted scalar")) {
      return fatal(
          positions.range(contextAt, contextAt + 1),
          "This quote is never closed.",
          "Close it, or write the text after `|` on lines of its own.");
    }
    if (context.startsWith("while parsing a flow")) {
      return flow(positions, at, contextAt);
    }
    return structure(positions, at, problem);
  }

  /** Something before {@code at} that cannot go on there. */
  static SyntaxMistake stopped(Positions positions, int at) {
    return structure(positions, Math.min(at, positions.length()), "expected <block end>");
  }

  private static SyntaxMistake pattern(Positions positions, int at) {
    var word = positions.text(at, positions.wordEnd(at));
    while (word.length() > 1 && ",]}".indexOf(word.charAt(word.length() - 1)) >= 0) {
      word = word.substring(0, word.length() - 1);
    }
    var isTag = word.startsWith("!");
    return new SyntaxMistake(
        isTag ? DiagnosticIds.YAML_TAG : DiagnosticIds.YAML_ALIAS,
        positions.range(at, at + word.codePointCount(0, word.length())),
        isTag
            ? "`%s` is read as a YAML tag, and a pipeline file has none.".formatted(word)
            : "`%s` is read as a YAML alias.".formatted(word),
        "If it is a pattern, put it in quotes: `'%s'`.".formatted(word),
        at,
        'x');
  }

  private static SyntaxMistake character(Positions positions, int at) {
    if (positions.at(at) == '\t') {
      return new SyntaxMistake(
          DiagnosticIds.YAML_TAB,
          positions.range(at, at + 1),
          "A tab may not be used for indentation.",
          "Use spaces.",
          at,
          ' ');
    }
    var character = positions.text(at, at + 1);
    return new SyntaxMistake(
        DiagnosticIds.YAML_SYNTAX,
        positions.range(at, at + 1),
        "A value may not start with `%s`.".formatted(character),
        "Put the value in quotes.",
        at,
        'x');
  }

  /** A {@code : } where no key can be. */
  private static SyntaxMistake colon(Positions positions, int at) {
    var line = positions.text(positions.lineStart(at), at);
    var key = line.strip();
    var end = key.indexOf(": ");
    if (end < 0) {
      var first = positions.lineStart(at) + line.length() - line.stripLeading().length();
      return fatal(
          positions.range(Math.min(first, at), at),
          "`%s` cannot be a key here: its indentation does not fit the line above, or that line lacks a `:`."
              .formatted(key),
          "Keys of one map start in the same column, each with its `:`.");
    }
    var name = key.substring(0, end).strip();
    while (name.startsWith("- ")) {
      name = name.substring(2).strip();
    }
    return new SyntaxMistake(
        DiagnosticIds.YAML_COLON,
        positions.range(at, at + 1),
        "A `:` followed by a space breaks plain text in two.",
        "Use `%s: |` and write the text on the next line, or put it in quotes.".formatted(name),
        at,
        'x');
  }

  private static SyntaxMistake escape(Positions positions, int at) {
    var sequence = "\\" + positions.text(at, at + 1);
    return new SyntaxMistake(
        DiagnosticIds.YAML_ESCAPE,
        positions.range(Math.max(0, at - 1), at + 1),
        "`%s` is not an escape that double quotes know.".formatted(sequence),
        "Use single quotes, where a backslash is just that, or write `\\\\`.",
        at,
        'n');
  }

  /** An escape that ends at {@code at}, where the digits of a character should stand. */
  static SyntaxMistake digits(Positions positions, int at) {
    return new SyntaxMistake(
        DiagnosticIds.YAML_ESCAPE,
        positions.range(Math.max(0, at - 2), at),
        "Behind `%s` stands the hex number of a character: 2 digits after `\\x`, 4 after `\\u`, 8 after `\\U`."
            .formatted(positions.text(Math.max(0, at - 2), at)),
        "Use single quotes, where a backslash is just that, or write `\\\\`.",
        -1,
        ' ');
  }

  private static SyntaxMistake flow(Positions positions, int at, int contextAt) {
    if (positions.at(at) == '{' && positions.at(at - 1) == '$') {
      return new SyntaxMistake(
          DiagnosticIds.YAML_SYNTAX,
          positions.range(at - 1, at + 1),
          "Between braces or brackets `${` must stand in quotes.",
          "Write `\"${…}\"`.",
          -1,
          ' ');
    }
    var open = positions.text(contextAt, contextAt + 1);
    var close = open.equals("[") ? "]" : "}";
    var runsOn =
        positions.at(at) == ':' && positions.lineStart(at) != positions.lineStart(contextAt);
    return at >= positions.length() || runsOn
        ? fatal(
            positions.range(contextAt, contextAt + 1),
            "This `%s` is never closed.".formatted(open),
            "Add the `%s`.".formatted(close))
        : fatal(
            positions.range(at, at + 1),
            "A `,` or `%s` is missing before this.".formatted(close),
            "Put text with special characters in quotes.");
  }

  private static SyntaxMistake structure(Positions positions, int at, String problem) {
    var word = positions.word(at);
    if (problem.startsWith("expected <block end>")) {
      if (firstOfLine(positions, at)) {
        return fatal(
            word,
            "The indentation of this line fits none of the lines above.",
            "Keys of one map, and items of one list, start in the same column.");
      }
      return fatal(word, "The value ended before this.", "Put the whole value in quotes.");
    }
    if (problem.startsWith("sequence entries are not allowed")) {
      return fatal(word, "A list written with `-` starts on a line of its own.", null);
    }
    if (problem.startsWith("could not find expected ':'")) {
      return fatal(word, "The key before this has no `:`.", null);
    }
    if (problem.startsWith("expected chomping") || problem.contains("a comment or a line break")) {
      return fatal(
          word, "After `|` or `>` the text starts on the next line.", "Move it to the next line.");
    }
    if (problem.startsWith("expected '<document start>'")) {
      return new SyntaxMistake(
          DiagnosticIds.YAML_DOCUMENTS,
          word,
          "A second document starts here, but a pipeline file holds one.",
          "Remove the `...` before it.",
          -1,
          ' ');
    }
    return fatal(word, "This is not YAML.", "Text with special characters goes in quotes.");
  }

  private static boolean firstOfLine(Positions positions, int at) {
    return positions.text(positions.lineStart(at), at).isBlank();
  }

  private static SyntaxMistake fatal(Range range, String message, @Nullable String hint) {
    return new SyntaxMistake(DiagnosticIds.YAML_SYNTAX, range, message, hint, -1, ' ');
  }
}
