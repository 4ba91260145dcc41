package org.golempipeline.document;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A text as the YAML library gets to see it. YAML 1.2 ends lines at LF, CR and CRLF only; the
 * library ends them at U+0085, U+2028 and U+2029 too, as YAML 1.1 did, so that text behind one in a
 * comment would be live. Other characters stand for them, one for one, until values are read back.
 */
final class ScannerText {
  /** What ended a line before YAML 1.2. */
  private static final String FORMER_LINE_ENDS = "\u0085\u2028\u2029";

  private static final Pattern ESCAPE =
      Pattern.compile("\\\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))");

  private final String text;

  /** By what it stands for; empty if nothing has to be stood for. */
  private final Map<String, String> standIns;

  private ScannerText(String text, Map<String, String> standIns) {
    this.text = text;
    this.standIns = standIns;
  }

  static ScannerText of(String source) {
    var standIns = new LinkedHashMap<String, String>();
    var text = source;
    var free = Character.MIN_SUPPLEMENTARY_CODE_POINT;
    for (var end : FORMER_LINE_ENDS.split("")) {
      if (source.contains(end)) {
        var used = used(source);
        free = used.nextClearBit(free);
        standIns.put(end, Character.toString(free));
        text = text.replace(end, Character.toString(free++));
      }
    }
    return new ScannerText(text, standIns);
  }

  /**
   * The characters that stand in {@code source} or come out of an escape in it. More are left, at
   * four bytes each, than fit into the largest file.
   */
  private static BitSet used(String source) {
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
    return used;
  }

  /** As long as the source, counted in code points. */
  String text() {
    return text;
  }

  /** A value that the library read, as the source has it. */
  String restored(String value) {
    var restored = value;
    for (var standIn : standIns.entrySet()) {
      restored = restored.replace(standIn.getValue(), standIn.getKey());
    }
    return restored;
  }
}
