package org.golempipeline.standard;

import java.util.regex.Pattern;
import org.golempipeline.strategy.Options;
import org.jspecify.annotations.Nullable;

/** What stands between the columns of a table. */
enum Delimiter {
  /** One tab; quotes mean nothing. */
  TAB("\t"),
  /** One comma; fields may be quoted as in CSV. */
  COMMA(","),
  /** Any run of blanks, those at either end of a line left out, as {@code awk} reads. */
  WHITESPACE(" ");

  /** Part of an options schema: how a file names a delimiter. */
  static final String SCHEMA =
      """
      {
        "description": "What stands between columns. Default: a tab if the first line has one, \
      else a comma if it has one, else blanks.",
        "enum": ["tab", "comma", "whitespace"]
      }
      """;

  private static final Pattern NOTE = Pattern.compile("(?i)\"?sep=.?\"?");

  private final String separator;

  Delimiter(String separator) {
    this.separator = separator;
  }

  /** The delimiter that options name; null if they leave it to the first line. */
  static @Nullable Delimiter from(Options option) {
    var name = option.text().orElse("");
    return switch (name) {
      case "" -> null;
      case "tab" -> TAB;
      case "comma" -> COMMA;
      case "whitespace" -> WHITESPACE;
      default -> throw new IllegalArgumentException("no delimiter " + name);
    };
  }

  /** Tab before comma before blanks, whichever {@code line} has. */
  static Delimiter of(String line) {
    if (line.indexOf('\t') >= 0) {
      return TAB;
    }
    return line.indexOf(',') >= 0 ? COMMA : WHITESPACE;
  }

  /** Whether {@code c} is part of {@link #WHITESPACE}; a zero byte is not. */
  static boolean isBlank(int c) {
    return c > 0 && c <= ' ';
  }

  /** Whether {@code line} tells spreadsheets the delimiter, and is neither a header nor a row. */
  static boolean isNote(String line) {
    return NOTE.matcher(line).matches();
  }

  /** How many columns {@code line} has, if quotes mean nothing. */
  int columns(String line) {
    var count = this == WHITESPACE ? 0 : 1;
    var before = ' ';
    for (var i = 0; i < line.length(); i++) {
      var c = line.charAt(i);
      if (this == WHITESPACE) {
        count += isBlank(before) && !isBlank(c) ? 1 : 0;
        before = c;
      } else if (c == separator.charAt(0)) {
        count++;
      }
    }
    return count;
  }

  /** In a message. */
  String shown() {
    return switch (this) {
      case TAB -> "tabs";
      case COMMA -> "commas";
      case WHITESPACE -> "blanks";
    };
  }

  /** Written between columns. */
  String separator() {
    return separator;
  }

  /** {@code field} as it is written between separators. */
  String quoted(String field) {
    var plain =
        this != COMMA
            || (field.indexOf(',') < 0
                && field.indexOf('"') < 0
                && field.indexOf('\n') < 0
                && field.indexOf('\r') < 0);
    return plain ? field : '"' + field.replace("\"", "\"\"") + '"';
  }
}
