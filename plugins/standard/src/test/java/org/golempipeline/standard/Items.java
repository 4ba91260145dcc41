package org.golempipeline.standard;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads files the slow and simple way, to compare with. */
final class Items {
  private Items() {}

  /** Lines with their ends. */
  static List<String> lines(byte[] content) {
    var lines = new ArrayList<String>();
    var text = new String(content, StandardCharsets.UTF_8);
    var from = 0;
    while (from < text.length()) {
      var end = text.indexOf('\n', from);
      var to = end < 0 ? text.length() : end + 1;
      lines.add(text.substring(from, to));
      from = to;
    }
    return lines;
  }

  /** Rows of a CSV file without its header. */
  static List<List<String>> rows(byte[] content) {
    var rows = new ArrayList<List<String>>();
    var row = new ArrayList<String>();
    var field = new StringBuilder();
    var text = new String(content, StandardCharsets.UTF_8).replace("\r\n", "\n");
    text += text.isEmpty() || text.endsWith("\n") ? "" : "\n";
    var quoted = false;
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      }
      if (!quoted && (c == ',' || c == '\n')) {
        row.add(field.toString());
        field.setLength(0);
        if (c == '\n') {
          rows.add(List.copyOf(row));
          row.clear();
        }
      } else {
        field.append(c);
      }
    }
    return rows.isEmpty() ? rows : rows.subList(1, rows.size());
  }
}
