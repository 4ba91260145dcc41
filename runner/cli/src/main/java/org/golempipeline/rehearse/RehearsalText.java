package org.golempipeline.rehearse;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.golempipeline.report.TerminalText;
import org.golempipeline.report.Words;
import org.jspecify.annotations.Nullable;

/** The outcome of a rehearsal for people. */
public final class RehearsalText {
  private static final MathContext DIGITS = new MathContext(3);

  private static final String BELIEVED =
      "Providers lied, and nothing checks what they return: add `verify: { copies: 2 }`, or"
          + " `accept` with a command that recognises a right output.";

  private static final String OUTVOTED =
      "Providers lied, more than `verify` of this file finds: ask for more copies or a larger share"
          + " of audits, or audit with `by: local`, which no number of liars outvotes.";

  private final RehearsalResult result;
  private final List<String> lines = new ArrayList<>();
  private final List<Row> rows = new ArrayList<>();

  private record Row(String name, String calm, String chaotic) {}

  private RehearsalText(RehearsalResult result) {
    this.result = result;
  }

  public static String of(RehearsalResult result) {
    var text = new RehearsalText(result);
    text.heading();
    text.table();
    text.ends();
    text.findings();
    return String.join("\n", text.lines) + "\n";
  }

  private void heading() {
    line(
        "Rehearsal of %s: chaos %s, seed %d, %s"
            .formatted(
                result.file(),
                result.chaos(),
                result.seed(),
                Words.count(result.cast().size(), "provider")));
    if (result.chaotic() != null) {
      var counts = new TreeMap<Persona, Integer>();
      result.cast().forEach(each -> counts.merge(each, 1, Integer::sum));
      line("  " + String.join(", ", counts.entrySet().stream().map(RehearsalText::who).toList()));
    }
    line("");
  }

  private static String who(Map.Entry<Persona, Integer> persona) {
    return persona.getValue() + " " + persona.getKey();
  }

  private void table() {
    rows.add(new Row("", "calm", result.chaotic() == null ? "" : result.chaos().toString()));
    row("finished", run -> run.finished() ? "yes" : "no");
    row("fragments done", run -> "%d of %d".formatted(run.done(), run.fragments()));
    row("attempts a fragment", run -> decimal(run.attemptsEach()));
    row("scripts lost", run -> "%d of %d".formatted(run.lost(), run.scripts()));
    row("work not used", RehearsalText::unused);
    row("took", run -> Words.duration(run.took()));
    row("with settling", run -> Words.duration(run.settled()));
    row("cost at their prices", run -> glm(run.cost()));
    row("bills accepted", run -> glm(run.paid()));
    row("bills refused", run -> Integer.toString(run.refused()));
    if (result.chaotic() != null) {
      rows.add(new Row("same result", "", sameResult()));
    }
    var first = rows.stream().mapToInt(row -> row.name().length()).max().orElse(0);
    var second = rows.stream().mapToInt(row -> row.calm().length()).max().orElse(0);
    for (var row : rows) {
      line(
          ("  %-" + first + "s  %-" + second + "s  %s")
              .formatted(row.name(), row.calm(), row.chaotic())
              .stripTrailing());
    }
    line("");
  }

  private String sameResult() {
    var chaotic = result.chaotic();
    if (chaotic == null || !chaotic.finished()) {
      return "none";
    }
    return result.difference() == null ? "yes, byte for byte" : "no";
  }

  private void row(String name, Function<RunFigures, String> figure) {
    var chaotic = result.chaotic();
    rows.add(
        new Row(name, figure.apply(result.calm()), chaotic == null ? "" : figure.apply(chaotic)));
  }

  private static String unused(RunFigures run) {
    return "%d %% (%s, %s)"
        .formatted(
            Math.round(100 * run.unusedShare()),
            Words.duration(run.unused()),
            glm(run.unusedCost()));
  }

  private static String decimal(double number) {
    return String.format(Locale.ROOT, "%.2f", number);
  }

  private static String glm(BigDecimal amount) {
    return Words.glm(amount.round(DIGITS));
  }

  private void ends() {
    end("The calm run", result.calm());
    end("The run in chaos", result.chaotic());
    if (result.chaotic() != null && !result.chaotic().finished() && result.hasLiars()) {
      hint(aboutLiars());
      line("");
    }
    if (result.difference() != null) {
      line("The result in chaos is another one: %s.".formatted(result.difference()));
      hint(
          result.mayDiffer()
              ? "That can be: this pipeline takes whoever is first."
              : result.hasLiars()
                  ? aboutLiars()
                  : "Look at the findings below; the same fragment must always give the same"
                      + " output.");
      line("");
    }
  }

  private String aboutLiars() {
    return result.verified() ? OUTVOTED : BELIEVED;
  }

  private void end(String which, @Nullable RunFigures run) {
    if (run == null || run.failure() == null) {
      return;
    }
    line("%s did not finish: %s".formatted(which, run.failure().message()));
    if (run.failure().hint() != null) {
      hint(run.failure().hint());
    }
    line("");
  }

  private void findings() {
    result.notes().forEach(this::line);
    var number = 0;
    for (var finding : result.findings()) {
      number++;
      line("%d. %s. [%s]".formatted(number, finding.kind().title(), finding.kind().id()));
      line(
          "   %s/%s%s"
              .formatted(
                  finding.stage(),
                  finding.fragment(),
                  finding.others() == 0
                      ? ""
                      : ", and " + Words.count(finding.others(), "other") + " that were tried"));
      line("   seen: " + finding.seen());
      line("   cure: " + finding.kind().cure());
    }
    line(
        result.ready()
            ? "Nothing was found, and the run survived."
            : result.findings().isEmpty()
                ? "Nothing was found in the commands, but the run did not survive."
                : Words.count(result.findings().size(), "finding")
                    + (result.survived() ? "; the run survived." : "; the run did not survive."));
  }

  private void hint(String text) {
    line("  hint: " + text);
  }

  /** Names and outputs may hold anything. */
  private void line(String text) {
    lines.add(TerminalText.safe(text));
  }
}
