package org.golempipeline.html;

import java.util.ArrayList;
import java.util.List;

/** Where the time went: of the run as a whole, and of what was rented. */
final class TimeSection {
  private final Html html;
  private final RunFacts facts;

  TimeSection(Html html, RunFacts facts) {
    this.html = html;
    this.facts = facts;
  }

  void write() {
    var length = facts.length();
    if (length == 0) {
      return;
    }
    html.open("section").element("h2", "Where the time went");
    var parts = new ArrayList<Drawing.Part>();
    for (var part : WallClock.Part.values()) {
      parts.add(new Drawing.Part(part.words(facts.isGolem()), facts.clock.of(part), part.colour));
    }
    html.element("h3", "Of the run");
    whole(parts, length, "Time of the run by what it was doing");
    var fleet = facts.fleet;
    if (fleet.rentedTime > 0) {
      var idle = Math.max(0, fleet.rentedTime - fleet.busyTime - fleet.deployTime);
      html.element("h3", facts.isGolem() ? "Of rented providers" : "Of workers");
      whole(
          List.of(
              new Drawing.Part("scripts running", fleet.busyTime, "run"),
              new Drawing.Part("image being started", fleet.deployTime, "deploy"),
              new Drawing.Part("idle, or being let go", idle, "idle")),
          fleet.rentedTime,
          facts.isGolem()
              ? "Rented time, from agreement to end, added up over providers"
              : "Time at hand, added up over workers");
      if (facts.isGolem()) {
        html.small(
            "Searches for a provider took %s in all, added up over those that went on at the same time."
                .formatted(Text.time(fleet.searchTime)));
      }
    }
    html.close();
  }

  private void whole(List<Drawing.Part> parts, long length, String caption) {
    var drawing = new Drawing(html);
    drawing.stack("stack", 26, length, parts, caption);
    var table = new Table(html, caption, "Doing what", "#Time", "#Share");
    for (var part : parts) {
      if (part.size() > 0) {
        html.open("tr").open("th", "scope", "row", "class", "plain");
        drawing.swatch(part.colour());
        html.text(part.words()).close();
        table.number(Text.time((long) part.size())).number(Text.share(part.size(), length)).end();
      }
    }
    table.close();
  }
}
