package org.golempipeline.html;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.golempipeline.html.FragmentFacts.Order;
import org.golempipeline.html.FragmentFacts.Query;
import org.golempipeline.html.FragmentFacts.Row;
import org.golempipeline.html.FragmentFacts.State;
import org.golempipeline.report.Words;
import org.jspecify.annotations.Nullable;

/** Fragments one by one: some of them, which whoever watches a run can choose. */
final class FragmentsSection {
  /** Rows at a time. */
  static final int ROWS = 50;

  private static final int HUNGRIEST = 20;
  private static final int LONGEST_NAME = 60;

  private final Html html;
  private final RunFacts facts;
  private final Path runFolder;
  private final boolean live;

  FragmentsSection(Html html, RunFacts facts, Path runFolder, boolean live) {
    this.html = html;
    this.facts = facts;
    this.runFolder = runFolder;
    this.live = live;
  }

  void write() {
    if (facts.fragments.isEmpty() && !live) {
      return;
    }
    html.open("section").element("h2", "Fragments");
    if (live) {
      form();
    }
    html.part("found", () -> found(Query.ALL));
    if (!live && facts.fragments.measured()) {
      table(Order.CPU);
    }
    if (!live && facts.fragments.weighed()) {
      table(Order.MEMORY);
    }
    html.close();
  }

  /** The page shows it once its script has begun. */
  private void form() {
    html.open("form", "id", "ask", "hidden", "", "role", "search");
    html.open("label").text("Search ");
    html.empty(
        "input",
        "type",
        "search",
        "name",
        "text",
        "autocomplete",
        "off",
        "placeholder",
        "stage/number, " + facts.worker() + ", reason");
    html.close().open("label").text("State ").open("select", "name", "state");
    html.element("option", "any", "value", "");
    for (var state : State.values()) {
      html.element("option", state.words, "value", state.name());
    }
    html.close().close().open("label").text("Order ").open("select", "name", "order");
    for (var order : Order.values()) {
      html.element("option", order.words, "value", order.name());
    }
    html.close().close().close();
  }

  /** The fragments that are asked for, and how many more there are. */
  void found(Query query) {
    table(query, ROWS);
  }

  private void table(Order order) {
    table(new Query("", null, order, 0), HUNGRIEST);
  }

  private void table(Query query, int most) {
    var found = facts.fragments.find(query, most, facts.length());
    var columns = new ArrayList<>(List.of("Fragment", "State", facts.who(), "#Attempts", "#Time"));
    if (facts.fragments.measured()) {
      columns.add("#CPU");
    }
    if (facts.fragments.weighed()) {
      columns.add("#Memory");
    }
    if (facts.fragments.measured()) {
      columns.add("#Output");
    }
    columns.add("Why");
    var caption = "Fragments, " + query.order().words;
    var table = new Table(html, caption, columns.toArray(String[]::new));
    found.rows().forEach(row -> row(table, row));
    table.close();
    var shown = query.skip() + found.rows().size();
    html.open("p", "class", "soft small");
    html.text(
        found.all() == 0
            ? "None."
            : "%s to %s of %s."
                .formatted(
                    Words.number(Math.min(query.skip() + 1, shown)),
                    Words.number(shown),
                    Words.number(found.all())));
    if (live && query.skip() > 0) {
      button("previous", query.skip() - ROWS);
    }
    if (live && shown < found.all() && query.skip() < FragmentFacts.MOST_SKIPPED) {
      button("next", shown);
    }
    html.close();
  }

  private void button(String words, int skip) {
    html.text(" ")
        .element(
            "button", words, "type", "button", "data-skip", Integer.toString(Math.max(0, skip)));
  }

  private void row(Table table, Row row) {
    table.row(row.stage() + "/" + row.number(), "");
    table.pill(row.state().words, row.state().colour);
    table.cell(row.provider().isEmpty() ? "–" : Words.beginning(row.provider(), LONGEST_NAME));
    table.count(row.tries());
    table.number(row.milliseconds() < 0 ? "–" : Text.time(row.milliseconds()));
    if (facts.fragments.measured()) {
      table.number(row.cpuMilliseconds() < 0 ? "–" : Text.time(row.cpuMilliseconds()));
    }
    if (facts.fragments.weighed()) {
      table.number(row.memory() < 0 ? "–" : Words.size(row.memory()));
    }
    if (facts.fragments.measured()) {
      table.number(row.bytes() < 0 ? "–" : Words.size(row.bytes()));
    }
    why(row.trouble());
    table.end();
  }

  private void why(FragmentFacts.@Nullable Trouble trouble) {
    html.open("td", "class", trouble == null ? null : "wide");
    if (trouble != null) {
      html.open("bdi").prose(trouble.message()).close();
      var tail = !live || trouble.log() == null ? null : LogTail.read(runFolder, trouble.log());
      if (tail != null && tail.isPresent()) {
        html.open("details").element("summary", "the end of its log");
        html.open("pre").lines(tail.get()).close().close();
      }
    }
    html.close();
  }
}
