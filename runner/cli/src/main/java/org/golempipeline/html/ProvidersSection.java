package org.golempipeline.html;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import org.golempipeline.report.Words;

/** Who worked when, and what came of it. */
final class ProvidersSection {
  private static final int LANES = 40;
  private static final int ROWS = 60;
  private static final int OPEN_UP_TO = 12;
  private static final int LONGEST_NAME = 60;

  private final Html html;
  private final RunFacts facts;
  private final boolean paid;

  ProvidersSection(Html html, RunFacts facts, boolean paid) {
    this.html = html;
    this.facts = facts;
    this.paid = paid;
  }

  void write() {
    var fleet = facts.fleet;
    if (fleet.providers().isEmpty()) {
      return;
    }
    var byWork =
        fleet.providers().stream()
            .sorted(Comparator.comparingLong((ProviderFacts each) -> each.busy).reversed())
            .toList();
    html.open("section")
        .element("h2", facts.isGolem() ? "Providers over time" : "Workers over time");
    var number = byWork.size() + fleet.providersBeyond;
    var most = facts.clock.mostBusy();
    if (byWork.size() > 1) {
      var words =
          "Up to %s at the same time.".formatted(Words.count(most, "busy " + facts.worker()));
      new Drawing(html)
          .area(
              fleet.rented,
              fleet.busy,
              facts.length(),
              "How many %ss were %s and how many of them worked over time. %s"
                  .formatted(facts.worker(), facts.rented(), words));
      axis();
      html.small(words);
    }
    legend();
    lanes(byWork);
    html.open("details", "open", number <= OPEN_UP_TO ? "" : null);
    html.element("summary", Words.count(number, facts.worker()) + " in numbers");
    table(byWork);
    facts.fleet.endings.write(html, "Why they were let go");
    html.close().close();
  }

  private void legend() {
    html.open("ul", "class", "legend");
    item("rent", facts.rented());
    if (facts.fleet.summedUp) {
      item("run", "busy: the stronger the colour, the larger the share of that time");
    } else {
      item("done", "script done");
      item("some", "some fragments failed");
      item("lost", "failed or lost");
      item("cancel", "cancelled");
      if (facts.fleet.scriptsOut() > 0) {
        item("unknown", "not back");
      }
    }
    html.close();
  }

  private void item(String colour, String words) {
    html.open("li");
    new Drawing(html).swatch(colour);
    html.text(words).close();
  }

  private void lanes(List<ProviderFacts> byWork) {
    var shown = new HashSet<>(byWork.subList(0, Math.min(LANES, byWork.size())));
    html.open("div", "class", "lanes");
    for (var provider : facts.fleet.providers()) {
      if (shown.contains(provider)) {
        lane(provider, Words.beginning(provider.name, LONGEST_NAME), facts.fleet.summedUp);
      }
    }
    var rest = byWork.size() - shown.size() + facts.fleet.providersBeyond;
    if (rest > 0) {
      lane(sum(byWork.subList(shown.size(), byWork.size())), Words.number(rest) + " more", true);
    }
    html.element("span", "").open("div");
    axis();
    html.close().close();
  }

  private void lane(ProviderFacts provider, String name, boolean summedUp) {
    var label =
        "%s: busy %s of %s %s, %s"
            .formatted(
                name,
                Text.time(provider.busy),
                Text.time(provider.rented),
                facts.rented(),
                Words.count(provider.scripts, "script"));
    html.open("div", "class", "who", "title", provider.id.isEmpty() ? null : name);
    html.foreign(name).close().open("div");
    new Drawing(html).lane(provider, summedUp, facts.length(), label);
    html.close();
  }

  private void axis() {
    html.axis("0", Text.time(facts.length() / 2), Text.time(facts.length()));
  }

  private ProviderFacts sum(List<ProviderFacts> some) {
    var sum = new ProviderFacts("", "others");
    var all = new ArrayList<>(some);
    all.add(facts.fleet.others);
    for (var each : all) {
      sum.busySpread.addAll(each.busySpread);
      sum.rentedSpread.addAll(each.rentedSpread);
      sum.rentals += each.rentals;
      sum.scripts += each.scripts;
      sum.lostScripts += each.lostScripts;
      sum.done += each.done;
      sum.failed += each.failed;
      sum.busy += each.busy;
      sum.rented += each.rented;
      sum.accepted = sum.accepted.add(each.accepted);
    }
    return sum;
  }

  private void table(List<ProviderFacts> byWork) {
    var columns =
        new ArrayList<>(
            List.of(
                facts.who(),
                "Id",
                facts.isGolem() ? "#Rentals" : "#Starts",
                "#Scripts",
                "#Lost",
                "#Answers",
                "#Failed attempts",
                facts.isGolem() ? "#Rented" : "#At hand",
                "#Busy",
                "#Share"));
    if (paid) {
      columns.add("#Accepted, GLM");
    }
    var table =
        new Table(
            html,
            facts.isGolem() ? "Providers, the busiest first" : "Workers, the busiest first",
            columns.toArray(String[]::new));
    var shown = byWork.subList(0, Math.min(ROWS, byWork.size()));
    for (var provider : shown) {
      row(table, provider, Words.beginning(provider.name, LONGEST_NAME));
    }
    var rest = byWork.size() - shown.size() + facts.fleet.providersBeyond;
    if (rest > 0) {
      row(
          table,
          sum(byWork.subList(shown.size(), byWork.size())),
          Words.number(rest) + " more together");
    }
    table.close();
  }

  private void row(Table table, ProviderFacts provider, String name) {
    table.row(name, "");
    html.open("td", "class", "id", "title", Words.beginning(provider.id, 100));
    html.foreign(Text.shortId(provider.id));
    if (provider.banned) {
      html.text(" ").element("span", "banned", "class", "pill bad");
    }
    html.close();
    table.count(provider.rentals).count(provider.scripts).count(provider.lostScripts);
    table.count(provider.done).count(provider.failed);
    table.number(Text.time(provider.rented)).number(Text.time(provider.busy));
    table.number(Text.share(provider.busy, provider.rented));
    if (paid) {
      table.number(Text.about(provider.accepted));
    }
    table.end();
  }
}
