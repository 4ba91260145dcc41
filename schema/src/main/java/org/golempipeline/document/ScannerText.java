package org.golempipeline.document;

import java.util.BitSet;
import java.util.regex.Pattern;

/**
 * A text as the YAML library gets to see it. YAML 1.2 ends lines at LF, CR and CRLF only; the
 * library ends them at U+0085 too, as YAML 1.1 did, so that text behind one in a comment would be
 * live. Another character stands for it, one for one, until values are read back.
 */
final class ScannerText {
  private static final char NEXT_LINE = '\u0085';
  private static final Pattern ESCAPE =
      Pattern.compile("\\\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))");

  private final String text;
  private final String standIn;

  private ScannerText(String text, String standIn) {
    this.text = text;
    this.standIn = standIn;
  }

  static ScannerText of(String source) {
    if (source.indexOf(NEXT_LINE) < 0) {
      return new ScannerText(source, "");
    }
    var standIn = Character.toString(unused(source));
    return new ScannerText(source.replace(String.valueOf(NEXT_LINE), standIn), standIn);
  }

  /** A character that neither stands in {@code source} nor comes out of an escape in it. */
  private static int unused(String source) {
    var used = new BitSet();
    source.codePoints().forEach(used::set);
    var escapes = ESCAPE.matcher(source);
    while (escapes.find()) {
      var digits = escapes.group(1) == null ? escapes.group(2) : escapes.group(1);
      var character = Long.parseLong(digits, 16);
      if (Character.isValidCodePoint((int) character)) {
        used.set((int) character);
      }
    }
    // There are more of these, at four bytes each, than fit into the largest file.
    return used.nextClearBit(Character.MIN_SUPPLEMENTARY_CODE_POINT);
  }

  /** As long as the source, counted in code points. */
  String text() {
    return text;
  }

  /** A value that the library read, as the source has it. */
  String restored(String value) {
    return standIn.isEmpty() ? value : value.replace(standIn, String.valueOf(NEXT_LINE));
  }
}
