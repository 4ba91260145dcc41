package org.golempipeline.report;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A terminal: what stands on it and has scrolled out of it after some text was written. Those who
 * re-break their lines when they become narrower or wider do it as VTE and tmux do; the others cut
 * off what has no room, as xterm does.
 */
final class TerminalModel {
  private static final Pattern ESCAPE = Pattern.compile("\033\\[([?0-9;]*)([A-Za-z])");

  /** A row, and whether the one below continues its line. */
  private static final class Row {
    final StringBuilder text = new StringBuilder();
    boolean continued;
  }

  private final boolean breaksAnew;
  private final List<Row> rows = new ArrayList<>(List.of(new Row()));
  private int columns;
  private int height = Integer.MAX_VALUE;

  /** The uppermost row that has not scrolled out. */
  private int top;

  private int row;
  private int column;
  private boolean breaking = true;

  TerminalModel(int columns, boolean breaksAnew) {
    this.columns = columns;
    this.breaksAnew = breaksAnew;
  }

  void write(String text) {
    var escape = ESCAPE.matcher(text);
    for (var at = 0; at < text.length(); ) {
      if (text.charAt(at) == '\033') {
        if (!escape.find(at) || escape.start() != at) {
          throw new AssertionError("an escape that no terminal is sure to know: " + text);
        }
        control(escape.group(1), escape.group(2));
        at = escape.end();
      } else {
        print(text.charAt(at++));
      }
    }
  }

  private void control(String number, String command) {
    switch (number + command) {
      case "K" -> {
        clearRight();
      }
      case "J" -> {
        clearRight();
        rows.subList(row + 1, rows.size()).clear();
      }
      case "?7l" -> breaking = false;
      case "?7h" -> breaking = true;
      default -> {
        if (command.equals("A")) {
          row = Math.max(top, row - Integer.parseInt(number));
        } else if (!command.equals("m")) {
          throw new AssertionError(command);
        }
      }
    }
  }

  private void clearRight() {
    var text = rows.get(row).text;
    text.setLength(Math.min(text.length(), column));
    rows.get(row).continued = false;
  }

  private void print(char character) {
    if (character == '\r') {
      column = 0;
    } else if (character == '\n') {
      down();
    } else {
      if (column == columns && breaking) {
        rows.get(row).continued = true;
        down();
      }
      column = Math.min(column, columns - 1);
      var text = rows.get(row).text;
      while (text.length() <= column) {
        text.append(' ');
      }
      text.setCharAt(column++, character);
    }
  }

  private void down() {
    row++;
    column = 0;
    if (row == rows.size()) {
      rows.add(new Row());
    }
    scroll();
  }

  private void scroll() {
    top = Math.max(top, row - height + 1);
  }

  /** As a terminal at whose upper end rows scroll out, and at whose lower end they are lost. */
  void resizeHeight(int high) {
    height = high;
    scroll();
    if (rows.size() > top + height) {
      rows.subList(top + height, rows.size()).clear();
    }
  }

  void resize(int wide) {
    columns = wide;
    if (!breaksAnew) {
      rows.forEach(each -> each.text.setLength(Math.min(each.text.length(), wide)));
      column = Math.min(column, wide - 1);
      return;
    }
    var old = List.copyOf(rows);
    var cursor = row;
    rows.clear();
    var offset = 0;
    var line = new StringBuilder();
    for (var i = 0; i < old.size(); i++) {
      if (i == cursor) {
        offset = line.length() + column;
        row = -1;
      }
      line.append(old.get(i).text);
      if (!old.get(i).continued) {
        place(line, offset);
        line.setLength(0);
      }
    }
  }

  private void place(StringBuilder line, int offset) {
    if (row == -1) {
      row = rows.size() + offset / columns;
      column = offset % columns;
    }
    for (var at = 0; at == 0 || at < line.length(); at += columns) {
      var part = new Row();
      part.text.append(line, at, Math.min(line.length(), at + columns));
      part.continued = at + columns < line.length();
      rows.add(part);
    }
  }

  /** What stands there, without blanks at the ends of rows and empty rows at the end. */
  List<String> rows() {
    var shown =
        new ArrayList<>(rows.stream().map(each -> each.text.toString().stripTrailing()).toList());
    while (!shown.isEmpty() && shown.get(shown.size() - 1).isEmpty()) {
      shown.remove(shown.size() - 1);
    }
    return shown;
  }

  int cursorRow() {
    return row;
  }
}
