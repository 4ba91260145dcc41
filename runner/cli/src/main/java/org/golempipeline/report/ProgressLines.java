package org.golempipeline.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What the state of a run looks like: a block of lines for a terminal, one line for a log. */
final class ProgressLines {
  private static final int STAGES_SHOWN = 10;

  /** The title, that there are more of them, and who works. */
  private static final int BESIDE_STAGES = 3;

  private static final int NAME_COLUMNS = 16;
  private static final int LARGEST_BAR = 24;
  private static final int SMALLEST_BAR = 8;

  private final RunTally tally;
  private final boolean coloured;

  ProgressLines(RunTally tally, boolean coloured) {
    this.tally = tally;
    this.coloured = coloured;
  }

  /** Lines that a screen of this size has room for, but for one with less than a few lines. */
  List<String> block(Instant now, Screen.Size size) {
    var columns = size.room();
    var lines = new ArrayList<String>();
    var clock = Words.clock(tally.elapsed(now));
    var title = tally.title() + "  " + tally.where();
    title = TerminalText.fit(title, columns - clock.length() - 2) + "  " + clock;
    lines.add(Style.BOLD.of(title, coloured));
    var stages = List.copyOf(tally.stages());
    var shown = shown(stages, Math.max(1, Math.min(STAGES_SHOWN, size.lines() - BESIDE_STAGES)));
    var longest = shown.stream().mapToInt(stage -> TerminalText.width(stage.name)).max().orElse(0);
    var names = Math.min(longest, Math.min(NAME_COLUMNS, columns / 4));
    for (var stage : shown) {
      lines.add(stageLine(stage, now, columns, names));
    }
    if (shown.size() < stages.size()) {
      var rest = Words.count(stages.size() - shown.size(), "more stage");
      lines.add(faint("  and " + rest, columns));
    }
    var work = work();
    if (!work.isEmpty()) {
      lines.add(faint("  " + work, columns));
    }
    return lines;
  }

  /** The same in a line of a log. */
  String line(Instant now) {
    var parts = new ArrayList<String>();
    for (var stage : tally.stages()) {
      if (stage.active() && !stage.finished) {
        parts.add(stage.name + " " + String.join(", ", facts(stage, now)));
      }
    }
    var work = work();
    parts.add(work.isEmpty() ? machines() : work);
    return Words.clock(tally.elapsed(now)) + "  " + String.join("; ", parts);
  }

  /** Who works, or why nobody does; empty where that is nobody's question. */
  private String work() {
    if (tally.stopping != null) {
      return tally.onGolem()
          ? "stopping: letting machines go and paying for them"
          : "stopping: ending what still runs";
    }
    if (tally.machines() > 0) {
      return machines();
    }
    if (tally.wanted() > 0 && !tally.onGolem()) {
      return "starting workers";
    }
    if (tally.starting() > 0) {
      return "starting the image on "
          + Words.count(tally.starting(), "provider")
          + tally.arriving();
    }
    if (tally.wanted() > 0) {
      return "looking for machines: " + tally.offers.text();
    }
    return tally.idle();
  }

  private static List<StageTally> shown(List<StageTally> stages, int most) {
    if (stages.size() <= most) {
      return stages;
    }
    var active = stages.stream().filter(StageTally::active).limit(most).toList();
    return active.isEmpty() ? stages.subList(0, most) : active;
  }

  private String stageLine(StageTally stage, Instant now, int columns, int names) {
    var name = TerminalText.fit(stage.name, names);
    var start = "  " + name + " ".repeat(names - TerminalText.width(name) + 1);
    var facts = facts(stage, now);
    while (facts.size() > 1 && room(columns, start, facts) < SMALLEST_BAR) {
      facts.remove(facts.size() - 1);
    }
    var bar = Math.min(LARGEST_BAR, room(columns, start, facts));
    var text = String.join(", ", facts);
    if (bar < SMALLEST_BAR || stage.total < 0) {
      return TerminalText.fit(start + text, columns);
    }
    var full = (int) Math.floor(stage.share() * bar);
    return start
        + (stage.failed > 0 ? Style.RED : Style.GREEN).of("━".repeat(full), coloured)
        + Style.FAINT.of((coloured ? "━" : "─").repeat(bar - full), coloured)
        + "  "
        + text;
  }

  /** Columns that are left for a bar. */
  private static int room(int columns, String start, List<String> facts) {
    return columns - TerminalText.width(start) - String.join(", ", facts).length() - 2;
  }

  /** What matters most comes first: a narrow terminal has no room for the rest. */
  private static List<String> facts(StageTally stage, Instant now) {
    var facts = new ArrayList<String>();
    var left = stage.finished ? null : stage.remaining(now);
    facts.add(share(stage));
    add(facts, stage.failed, "failed");
    if (stage.merging) {
      facts.add("merging");
    }
    if (left != null) {
      facts.add("about " + Words.duration(left) + " left");
    }
    add(facts, stage.running, "under way");
    add(facts, stage.retried, "again");
    return facts;
  }

  private static String share(StageTally stage) {
    var done = Words.number(stage.done);
    if (stage.cut) {
      return stage.finished ? done + " done" : done;
    }
    if (stage.total < 0) {
      return stage.finished ? done + " done" : "waiting";
    }
    var numbers = done + "/" + Words.number(stage.total);
    return stage.finished
        ? numbers + " done"
        : (int) Math.floor(stage.share() * 100) + "% " + numbers;
  }

  private static void add(List<String> facts, int number, String what) {
    if (number > 0) {
      facts.add(Words.number(number) + " " + what);
    }
  }

  private String machines() {
    var text =
        Words.count(tally.machines(), tally.worker()) + (tally.onGolem() ? " working" : " busy");
    if (tally.onGolem() && tally.starting() > 0) {
      text += ", " + Words.number(tally.starting()) + " starting the image" + tally.arriving();
    }
    var accepted = tally.cost.accepted();
    if (accepted.signum() > 0) {
      text += ", " + Words.glm(accepted) + " accepted";
      text += tally.allocated == null ? "" : " of " + Words.glm(tally.allocated);
    }
    return text;
  }

  private String faint(String text, int columns) {
    return Style.FAINT.of(TerminalText.fit(text, columns), coloured);
  }
}
