package org.golempipeline.report;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What the state of a run looks like: a block of lines for a terminal, one line for a log. */
final class ProgressLines {
  private static final int STAGES_SHOWN = 10;
  private static final int NAME_COLUMNS = 16;
  private static final int LARGEST_BAR = 24;
  private static final Duration ESTIMATE_AFTER = Duration.ofSeconds(3);

  private final RunTally tally;
  private final boolean coloured;

  ProgressLines(RunTally tally, boolean coloured) {
    this.tally = tally;
    this.coloured = coloured;
  }

  /** Lines of at most {@code columns} columns. */
  List<String> block(Instant now, int columns) {
    var lines = new ArrayList<String>();
    var elapsed = tally.elapsed(now);
    var title = "%s  %s  %s".formatted(tally.title(), tally.where(), Words.clock(elapsed));
    lines.add(Style.BOLD.of(TerminalText.fit(title, columns), coloured));
    var stages = List.copyOf(tally.stages());
    var shown = shown(stages);
    for (var stage : shown) {
      lines.add(stageLine(stage, elapsed, columns));
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
        parts.add(stage.name + " " + numbers(stage));
      }
    }
    var work = work();
    parts.add(work.isEmpty() ? machines() : work);
    return Words.clock(tally.elapsed(now)) + "  " + String.join("; ", parts);
  }

  /** Who works, or why nobody does; empty where that is nobody's question. */
  private String work() {
    if (tally.stopping != null) {
      return "stopping: letting machines go and paying for them";
    }
    if (tally.machines() > 0) {
      return machines();
    }
    if (tally.wanted() > 0) {
      return "looking for machines: " + tally.offers.text();
    }
    return tally.idle();
  }

  private static List<StageTally> shown(List<StageTally> stages) {
    if (stages.size() <= STAGES_SHOWN) {
      return stages;
    }
    var active = stages.stream().filter(StageTally::active).limit(STAGES_SHOWN).toList();
    return active.isEmpty() ? stages.subList(0, STAGES_SHOWN) : active;
  }

  private String stageLine(StageTally stage, Duration elapsed, int columns) {
    var name = TerminalText.fit(stage.name, NAME_COLUMNS);
    var start = "  " + name + " ".repeat(NAME_COLUMNS - TerminalText.width(name) + 1);
    var facts = facts(stage, elapsed);
    var room = columns - start.length() - facts.length() - 2;
    var bar = Math.min(LARGEST_BAR, room);
    if (bar < 8 || stage.total < 0) {
      return TerminalText.fit(start + facts, columns);
    }
    var full = (int) Math.floor(stage.share() * bar);
    return start
        + (stage.failed > 0 ? Style.RED : Style.GREEN).of("━".repeat(full), coloured)
        + Style.FAINT.of((coloured ? "━" : "─").repeat(bar - full), coloured)
        + "  "
        + facts;
  }

  private static String facts(StageTally stage, Duration elapsed) {
    if (stage.finished) {
      return numbers(stage) + " done";
    }
    if (stage.total < 0) {
      return "waiting";
    }
    var left = remaining(stage, elapsed);
    return numbers(stage) + (left.isEmpty() ? "" : ", " + left);
  }

  private static String numbers(StageTally stage) {
    var text = new StringBuilder(Words.number(stage.done));
    if (stage.total >= 0 && !stage.cut) {
      text.append('/').append(Words.number(stage.total));
    }
    if (stage.running > 0) {
      text.append(", ").append(Words.number(stage.running)).append(" sent");
    }
    if (stage.retried > 0) {
      text.append(", ").append(Words.number(stage.retried)).append(" again");
    }
    if (stage.failed > 0) {
      text.append(", ").append(Words.number(stage.failed)).append(" failed");
    }
    if (stage.merging) {
      text.append(", merging");
    }
    return text.toString();
  }

  /** A plain guess: the rest goes as fast as what is done, the whole time counted. */
  private static String remaining(StageTally stage, Duration elapsed) {
    var left = stage.total - stage.done - stage.failed;
    if (stage.done == 0 || left <= 0 || elapsed.compareTo(ESTIMATE_AFTER) < 0) {
      return "";
    }
    var millis = elapsed.toMillis() * (double) left / stage.done;
    return "about " + Words.duration(Duration.ofSeconds(Math.round(millis / 1000))) + " left";
  }

  private String machines() {
    var text = Words.count(tally.machines(), "provider") + " working";
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
