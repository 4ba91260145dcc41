package org.golempipeline.html;

import org.golempipeline.report.Words;

/** A table that scrolls by itself where it is too wide. Closed by {@link #close}. */
final class Table {
  private final Html html;

  /**
   * Begins one.
   *
   * @param caption says what its rows are
   * @param columns names; of those that begin with {@code #} the cells are numbers
   */
  Table(Html html, String caption, String... columns) {
    this.html = html;
    html.open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", caption);
    html.open("table").element("caption", caption);
    html.open("thead").open("tr");
    for (var column : columns) {
      if (column.startsWith("#")) {
        html.element("th", column.substring(1), "scope", "col", "class", "n");
      } else {
        html.element("th", column, "scope", "col");
      }
    }
    html.close().close().open("tbody");
  }

  /** Begins a row by its name, which may be a stranger's. */
  Table row(String name, String title) {
    html.open("tr").open("th", "scope", "row", "title", title.isEmpty() ? null : title);
    html.foreign(name).close();
    return this;
  }

  Table number(String text) {
    html.element("td", text, "class", "n");
    return this;
  }

  /** A number that is left out where it says nothing. */
  Table count(long number) {
    return number(number == 0 ? "–" : Words.number(number));
  }

  Table cell(String text) {
    html.open("td", "class", text.length() > 20 ? "wide" : null).foreign(text).close();
    return this;
  }

  /** The beginning of an id; the whole of it is its tooltip. */
  Table id(String id) {
    html.open("td", "class", "id", "title", Words.beginning(id, 100))
        .foreign(Text.shortId(id))
        .close();
    return this;
  }

  Table pill(String text, String colour) {
    html.open("td").element("span", text, "class", "pill " + colour).close();
    return this;
  }

  void end() {
    html.close();
  }

  void close() {
    html.close().close().close();
  }
}
