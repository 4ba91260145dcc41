package org.golempipeline.report;

import java.util.stream.Collectors;

/**
 * Text as a terminal shows it: how wide it is, and what must not reach it as it is. Strings that
 * come from files, providers and programs pass through here before they are printed, so that none
 * of them can move the cursor or clear the screen.
 */
public final class TerminalText {
  private TerminalText() {}

  /**
   * {@code text} with control characters made visible: line ends and tabs become blanks, the rest
   * is written as {@code \x1b}.
   */
  public static String safe(String text) {
    if (text.codePoints().noneMatch(TerminalText::isHidden)) {
      return text;
    }
    var shown = new StringBuilder();
    text.codePoints().forEach(point -> shown.append(safe(point)));
    return shown.toString();
  }

  /** The same for text of several lines, whose line ends stay. */
  public static String safeLines(String text) {
    return text.lines().map(line -> safe(line) + "\n").collect(Collectors.joining());
  }

  /** How one character is shown. */
  static String safe(int point) {
    if (point == '\t' || point == '\n') {
      return " ";
    }
    if (!isHidden(point)) {
      return Character.toString(point);
    }
    return point < 0x100 ? "\\x%02x".formatted(point) : "\\u%04x".formatted(point);
  }

  /** Columns that {@code text} takes, which is safe already. */
  static int width(String text) {
    return text.codePoints().map(TerminalText::width).sum();
  }

  /** Columns that one character takes: none, one, or two for the wide scripts and most emoji. */
  static int width(int point) {
    var type = Character.getType(point);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT) {
      return 0;
    }
    return isWide(point) ? 2 : 1;
  }

  /** The beginning of {@code text} that fits, with {@code …} at its end if something is missing. */
  static String fit(String text, int columns) {
    if (columns <= 0) {
      return "";
    }
    if (width(text) <= columns) {
      return text;
    }
    var fitting = new StringBuilder();
    var left = columns - 1;
    for (var at = 0; at < text.length(); ) {
      var point = text.codePointAt(at);
      left -= width(point);
      if (left < 0) {
        break;
      }
      fitting.appendCodePoint(point);
      at += Character.charCount(point);
    }
    return fitting.append('…').toString();
  }

  /** Controls, separators that break lines, and marks that turn the writing direction. */
  private static boolean isHidden(int point) {
    var type = Character.getType(point);
    return type == Character.CONTROL
        || type == Character.SURROGATE
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR
        || (point >= 0x202a && point <= 0x202e)
        || (point >= 0x2066 && point <= 0x2069)
        || point == 0x200e
        || point == 0x200f;
  }

  private static boolean isWide(int point) {
    return point >= 0x1100
        && (point <= 0x115f
            || (point >= 0x2e80 && point <= 0x303e)
            || (point >= 0x3041 && point <= 0xa4cf)
            || (point >= 0xa960 && point <= 0xa97c)
            || (point >= 0xac00 && point <= 0xd7a3)
            || (point >= 0xf900 && point <= 0xfaff)
            || (point >= 0xfe30 && point <= 0xfe6f)
            || (point >= 0xff00 && point <= 0xff60)
            || (point >= 0xffe0 && point <= 0xffe6)
            || (point >= 0x1f300 && point <= 0x1f64f)
            || (point >= 0x1f680 && point <= 0x1f6ff)
            || (point >= 0x1f900 && point <= 0x1f9ff)
            || (point >= 0x20000 && point <= 0x3fffd));
  }
}
