package org.golempipeline.html;

import java.util.List;
import org.golempipeline.report.Words;

/** What became of each stage: a row, and more to unfold. */
final class StagesSection {
  private static final int MOST = 60;
  private static final int BARS = 48;
  private static final int LONGEST_SET = 160;
  private static final int LONGEST_VALUE = 400;

  private final Html html;
  private final RunFacts facts;
  private final boolean over;

  StagesSection(Html html, RunFacts facts, boolean over) {
    this.html = html;
    this.facts = facts;
    this.over = over;
  }

  void write() {
    var stages = List.copyOf(facts.stages());
    if (stages.isEmpty()) {
      return;
    }
    html.open("section").element("h2", "Stages");
    var shown = stages.subList(0, Math.min(MOST, stages.size()));
    var table =
        new Table(
            html,
            "Fragments of each stage",
            "Stage",
            "State",
            "#Fragments",
            "Progress",
            "#Done",
            "#Reused",
            "#Failed",
            "#Tried again",
            "#Copies",
            "#Checks",
            "#Scripts",
            "#Typical fragment");
    shown.forEach(stage -> row(table, stage));
    table.close();
    if (stages.size() > MOST) {
      html.soft(Words.number(stages.size() - MOST) + " more stages.");
    }
    shown.forEach(this::details);
    html.close();
  }

  private void row(Table table, StageFacts stage) {
    var state = stage.state(over);
    table.row(stage.name, "");
    table.pill(
        state,
        switch (state) {
          case "done" -> "good";
          case "failed" -> "bad";
          case "running" -> "busy";
          case "waiting", "never began" -> "";
          default -> "warn";
        });
    table.number(stage.total < 0 ? "?" : Words.number(stage.total));
    html.open("td", "class", "bar");
    var done = stage.done();
    var reused = Math.min(done, stage.reused);
    new Drawing(html)
        .stack(
            "meter",
            8,
            Math.max(stage.total, done + stage.failed),
            List.of(
                new Drawing.Part(Words.number(reused) + " reused", reused, "reused"),
                new Drawing.Part(Words.number(done - reused) + " computed", done - reused, "good"),
                new Drawing.Part(Words.number(stage.failed) + " failed", stage.failed, "lost")),
            Text.share(done, Math.max(1, stage.total)) + " done");
    html.close();
    table.count(done).count(stage.reused).count(stage.failed).count(stage.requeued);
    table.count(stage.copied).count(stage.checks).count(stage.scripts);
    table.number(stage.times.number() == 0 ? "–" : Text.time(stage.times.quantile(0.5)));
    table.end();
  }

  private void details(StageFacts stage) {
    html.open("details", "open", facts.stages().size() == 1 ? "" : null);
    html.open("summary").foreign(stage.name);
    html.element("span", summary(stage), "class", "soft").close();
    html.open("dl", "class", "facts");
    if (!stage.reasons.isEmpty() && !stage.firstRun) {
      html.fact(stage.reused == 0 ? "why not reused" : "why not all reused", reasons(stage));
    } else if (stage.firstRun) {
      html.fact("reused", "nothing: it was never run before");
    }
    if (stage.begin >= 0) {
      html.fact(
          "when",
          "from %s to %s after the start".formatted(Text.time(stage.begin), Text.time(stage.end)));
    }
    if (stage.scripts > 0) {
      html.fact(
          "scripts",
          "%s, %s in all; %s sent, %s received"
              .formatted(
                  Words.number(stage.scripts),
                  Text.time(stage.scriptTime),
                  Words.size(stage.bytesSent),
                  Words.size(stage.bytesReceived)));
    }
    if (stage.lostScripts > 0) {
      html.fact(
          "lost",
          "%s without an answer after %s in all"
              .formatted(Words.count(stage.lostScripts, "script"), Text.time(stage.lostTime)));
    }
    if (stage.cancelledScripts > 0) {
      html.fact(
          "cancelled",
          "%s after %s in all"
              .formatted(
                  Words.count(stage.cancelledScripts, "script"), Text.time(stage.cancelledTime)));
    }
    if (stage.failedAttempts > 0) {
      html.fact("failed attempts", Words.number(stage.failedAttempts));
    }
    if (stage.copied > 0) {
      html.fact(
          "copies", Words.count(stage.copied, "fragment") + " of slow scripts computed twice");
    }
    if (stage.checks > 0) {
      html.fact(
          "checks",
          Words.count(stage.checks, "answer")
              + " checked by another machine"
              + (stage.banned == 0
                  ? "; nobody was banned"
                  : "; " + Words.count(stage.banned, "provider") + " banned for false results"));
    }
    if (stage.cut) {
      html.fact("result", "fragment %d was first, the rest was cancelled".formatted(stage.winner));
    }
    if (stage.enough != null) {
      html.fact(
          "partial",
          "%s were enough; without %s: %s"
              .formatted(
                  Words.count(stage.enough.done(), "fragment"),
                  Words.number(stage.enough.missing().size()),
                  Words.beginning(
                      stage.enough.missing().toString().replace(",", ", "), LONGEST_SET)));
    }
    if (stage.part != null && stage.enough == null && !stage.part.missing().isEmpty()) {
      html.fact(
          "missing",
          Words.number(stage.part.missing().size())
              + ": "
              + Words.beginning(stage.part.missing().toString().replace(",", ", "), LONGEST_SET));
    }
    if (stage.part != null && !stage.part.from().isEmpty()) {
      html.fact("made of", "what is partial: " + String.join(", ", stage.part.from()));
    }
    if (stage.merged) {
      html.fact(
          "merge",
          "%s to %s, %s"
              .formatted(
                  Text.time(stage.mergeTime),
                  Words.count(stage.files, "file"),
                  Words.size(stage.bytes)));
    }
    if (stage.value != null) {
      html.fact("value", Words.beginning(stage.value, LONGEST_VALUE));
    }
    html.close();
    times(stage);
    html.close();
  }

  private static String summary(StageFacts stage) {
    var text = new StringBuilder(": ").append(Words.number(stage.done()));
    if (stage.total >= 0) {
      text.append(" of ").append(Words.count(stage.total, "fragment"));
    }
    text.append(" done");
    if (stage.failed > 0) {
      text.append(", ").append(Words.number(stage.failed)).append(" failed");
    }
    return text.toString();
  }

  private static String reasons(StageFacts stage) {
    return Words.beginning(String.join("; ", stage.reasons), 600);
  }

  private void times(StageFacts stage) {
    var times = stage.times;
    if (times.number() < 2) {
      return;
    }
    html.element("h3", "Time of a fragment");
    var half = Text.time(times.quantile(0.5));
    var most = Text.time(times.quantile(0.9));
    new Drawing(html)
        .histogram(
            times.bars(BARS), "How many fragments took how long; half of them up to " + half);
    html.axis(Text.time(times.shortest()), "longer →", Text.time(times.longest()));
    html.small(
        "Half took up to %s, nine of ten up to %s. It is the time of its script, transfers included, divided by the fragments in it; each column is longer than the one before by the same factor."
            .formatted(half, most));
  }
}
