package org.golempipeline.report;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import org.golempipeline.event.RunEvent;

/** What is said at the end of a run: where the result is and what it took, or why there is none. */
final class Summary {
  private static final String JOURNAL = "journal.ndjson";
  private static final int MISSING_SHOWN = 120;
  private static final int REMOVED_SHOWN = 3;

  private final RunTally tally;
  private final Path runFolder;
  private final boolean coloured;

  /**
   * @param runFolder where its journal and logs are
   */
  Summary(RunTally tally, Path runFolder, boolean coloured) {
    this.tally = tally;
    this.runFolder = runFolder;
    this.coloured = coloured;
  }

  /** Several lines; empty for a run that never ended. */
  String text() {
    var end = tally.finished;
    if (end == null) {
      return "";
    }
    var text = new StringBuilder();
    appendFailures(text);
    appendEnd(text, end);
    if (tally.left != null) {
      appendFact(text, "output", left(tally.left));
    }
    for (var output : tally.outputs) {
      appendFact(text, "result", output(output));
    }
    if (tally.outputsInAll > tally.outputs.size()) {
      var rest = tally.outputsInAll - tally.outputs.size();
      appendFact(text, "", "and " + Words.number(rest) + " more");
    }
    if (tally.removed != null) {
      appendFact(text, "removed", removed(tally.removed));
    }
    tally.values.forEach((stage, value) -> appendFact(text, stage, TerminalText.safe(value)));
    appendFact(text, "fragments", fragments(end));
    for (var part : tally.parts) {
      appendFact(text, "partial", partial(part));
    }
    if (end.exitCode() == RunEvent.RunFinished.IN_PART) {
      appendFact(text, "next", "run it again: only what failed is computed");
    }
    if (tally.onGolem()) {
      appendFact(text, "cost", Words.glm(end.accepted()) + " accepted");
    }
    if (tally.heldBack() > 0) {
      appendFact(text, "budget", heldBack());
    }
    if (tally.settlement != null) {
      tally
          .settlement
          .outstanding()
          .forEach(open -> appendFact(text, "open", TerminalText.safe(open)));
    }
    if (Files.notExists(runFolder.resolve(JOURNAL))) {
      appendFact(text, "journal", "removed while the run went on: nothing can tell of it any more");
    } else {
      appendFact(text, "journal", TerminalText.safe(tally.folder() + "/" + JOURNAL));
      appendFact(text, "report", tally.report());
    }
    return text.toString();
  }

  private void appendEnd(StringBuilder text, RunEvent.RunFinished end) {
    var took = Words.duration(Duration.ofMillis(end.milliseconds()));
    if (end.failure() == null && end.fragmentsMissing() > 0) {
      var missing = Words.count(end.fragmentsMissing(), "fragment");
      var what = tally.title() + ": partial after " + took + ": " + missing + " missing";
      text.append(Style.YELLOW.of(what, coloured)).append('\n');
      return;
    }
    if (end.failure() == null) {
      text.append(Style.GREEN.of(tally.title() + ": done in " + took, coloured)).append('\n');
      return;
    }
    text.append(Style.RED.of(tally.title() + ": ended after " + took + ":", coloured))
        .append(' ')
        .append(TerminalText.safe(end.failure().message()))
        .append('\n');
    if (end.failure().hint() != null) {
      appendHint(text, end.failure().hint());
    }
  }

  private void appendFailures(StringBuilder text) {
    for (var group : tally.failures.all()) {
      text.append(Style.RED.of("error:", coloured))
          .append(
              " %s of stage `%s` failed: %s\n"
                  .formatted(
                      Words.count(group.count(), "fragment"),
                      group.stage,
                      TerminalText.safe(group.failure.message())));
      var said = false;
      for (var example : group.examples()) {
        var failed = example.event();
        text.append("  ")
            .append(TerminalText.safe(failed.label()))
            .append(", ")
            .append(Words.count(failed.attempts(), "attempt"));
        if (example.provider() != null && tally.onGolem()) {
          text.append(", last on ").append(TerminalText.safe(example.provider()));
        }
        text.append('\n');
        if (failed.log() != null) {
          text.append("    log: ").append(tally.log(failed.log())).append('\n');
          if (!said) {
            said = appendLastWords(text, failed.log());
          }
        }
        if (example.equals(group.examples().get(0))) {
          text.append("    here: ").append(tally.repro(group.stage, failed.fragment()));
          text.append('\n');
        }
      }
      if (group.count() > group.examples().size()) {
        var more = Words.number(group.count() - group.examples().size());
        text.append("  and ").append(more).append(" more\n");
      }
      if (group.failure.hint() != null) {
        appendHint(text, group.failure.hint());
      }
    }
    if (tally.failures.others() > 0) {
      text.append(Style.RED.of("error:", coloured))
          .append(' ')
          .append(Words.count(tally.failures.others(), "fragment"))
          .append(" failed for other reasons; the journal has them.\n");
    }
  }

  /** Whether there were any. */
  private boolean appendLastWords(StringBuilder text, String log) {
    var lines = LastWords.of(runFolder, log);
    lines.forEach(line -> text.append("    | ").append(line).append('\n'));
    return !lines.isEmpty();
  }

  private void appendHint(StringBuilder text, String hint) {
    text.append("  ").append(Style.CYAN.of("hint:", coloured)).append(' ');
    text.append(TerminalText.safe(hint)).append('\n');
  }

  private static void appendFact(StringBuilder text, String name, String fact) {
    text.append("  ").append(name).append(" ".repeat(Math.max(1, 11 - name.length())));
    text.append(fact).append('\n');
  }

  private String output(RunEvent.OutputPublished output) {
    var path = TerminalText.safe(tally.besideFile(output.path()));
    var size = Words.size(output.bytes());
    return output.files() == 1
        ? "%s (%s)".formatted(path, size)
        : "%s (%s, %s)".formatted(path, Words.count(output.files(), "file"), size);
  }

  private String left(RunEvent.OutputLeft output) {
    var name = output.stage() + "/" + output.fragment();
    return output.files() == 0
        ? "none: " + name + " found nothing"
        : "%s (%s of %s)".formatted(tally.log(output.path()), Words.size(output.bytes()), name);
  }

  private String removed(RunEvent.OutputsRemoved gone) {
    var named =
        gone.first().stream().limit(REMOVED_SHOWN).map(tally::besideFile).map(TerminalText::safe);
    var text = named.collect(Collectors.joining(", "));
    var rest = gone.files() - Math.min(REMOVED_SHOWN, gone.first().size());
    return "%s%s: %s of earlier runs that this one does not make"
        .formatted(
            text,
            rest > 0 ? " and " + Words.number(rest) + " more" : "",
            Words.count(gone.files(), "result"));
  }

  private String fragments(RunEvent.RunFinished end) {
    var reused = tally.stages().stream().mapToInt(stage -> stage.reused).sum();
    var text = new StringBuilder(Words.number(end.fragmentsDone())).append(" done");
    if (reused > 0) {
      text.append(" (").append(Words.number(reused)).append(" reused)");
    }
    if (end.fragmentsFailed() > 0) {
      text.append(", ").append(Words.number(end.fragmentsFailed())).append(" failed");
    }
    if (end.providers() > 0) {
      text.append(tally.onGolem() ? ", on " : ", by ");
      text.append(Words.count(end.providers(), tally.worker()));
    }
    return text.toString();
  }

  /** What the result of a stage lacks. */
  private String partial(RunEvent.PartMade part) {
    var from = String.join(", ", part.from());
    if (part.missing().isEmpty()) {
      return "%s is made of what is partial: %s".formatted(part.stage(), from);
    }
    var missing = part.missing().toString().replace(",", ", ");
    if (missing.length() > MISSING_SHOWN) {
      missing = missing.substring(0, missing.lastIndexOf(',', MISSING_SHOWN)) + ", …";
    }
    var enough = tally.enough.get(part.stage());
    return "%s %s %s: %s%s"
        .formatted(
            part.stage(),
            enough == null
                ? "lacks"
                : "has enough with %s; without".formatted(Words.number(enough.done())),
            enough == null
                ? "%s of %s"
                    .formatted(
                        Words.number(part.missing().size()),
                        Words.count(tally.total(part.stage()), "fragment"))
                : Words.number(part.missing().size()),
            missing,
            from.isEmpty() ? "" : "; it reads what is partial: " + from);
  }

  private String heldBack() {
    return "held %s back, which %s let go unused; with more of it the run could be faster"
        .formatted(
            Words.count(tally.heldBack(), "machine"), tally.heldBack() == 1 ? "was" : "were");
  }
}
