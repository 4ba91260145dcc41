package org.golempipeline.laws;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.golempipeline.report.TerminalText;
import org.golempipeline.report.Words;
import org.jspecify.annotations.Nullable;

/** The outcome for people: a line for each law. */
public final class LawsText {
  private static final int SHOWN = 60;
  private static final int VERDICT = LawResult.Verdict.DOES_NOT_APPLY.toString().length();
  private static final String INDENT = " ".repeat(2 + VERDICT + 2);

  private final List<String> lines = new ArrayList<>();

  private LawsText() {}

  public static String of(LawsReport report) {
    var text = new LawsText();
    report.stages().forEach(text::stage);
    text.end(report);
    return String.join("\n", text.lines) + "\n";
  }

  private void stage(StageLaws stage) {
    var sample = stage.sample();
    if (sample == null) {
      line("%s: not tried: %s.".formatted(stage.stage(), stage.note()));
    } else {
      line(
          "%s: %s of %s%s, %s, in %s (%s)"
              .formatted(
                  stage.stage(),
                  sample.cut() ? "a beginning" : "all",
                  Words.count(sample.files(), "file"),
                  sample.from().isEmpty()
                      ? ""
                      : " that `%s` left".formatted(String.join("` and `", sample.from())),
                  Words.size(sample.bytes()),
                  Words.count(sample.fragments(), "fragment"),
                  sample.split()));
      if (stage.note() != null) {
        line("  It fails there: %s.".formatted(stage.note()));
      }
      stage.laws().forEach(this::law);
    }
    line("");
  }

  private void law(LawResult law) {
    line(("  %-" + VERDICT + "s  %-5s  %s.").formatted(law.verdict(), law.law(), law.reason()));
    if (law.difference() != null) {
      difference(law.difference(), law.law());
    }
    if (law.cure() != null && !law.cure().isEmpty()) {
      line(INDENT + "cure: " + law.cure());
    }
  }

  private void difference(Difference difference, Law law) {
    if (difference.offset() < 0) {
      line(
          INDENT
              + "`%s` is there only %s"
                  .formatted(
                      difference.path(),
                      difference.expected() == null ? "the second time." : "the first time."));
      return;
    }
    line(
        INDENT
            + "`%s` differs in line %s, from byte %s on:"
                .formatted(
                    difference.path(),
                    Words.number(difference.line()),
                    String.format(Locale.ROOT, "%,d", difference.offset())));
    var whole = law == Law.WHOLE;
    shown(whole ? "whole" : "first", difference.expected());
    shown(whole ? "split" : "then", difference.found());
  }

  private void shown(String which, @Nullable String text) {
    line(
        INDENT
            + "  %-5s  %s".formatted(which, text == null ? "(has ended)" : "| " + shortened(text)));
  }

  private static String shortened(String text) {
    return text.codePointCount(0, text.length()) <= SHOWN
        ? text
        : text.substring(0, text.offsetByCodePoints(0, SHOWN - 1)) + "…";
  }

  private void end(LawsReport report) {
    var tried = report.stages().stream().filter(stage -> stage.sample() != null).count();
    if (tried == 0) {
      line("No stage reads an input that could be sampled, so nothing was tried.");
    } else if (report.holds()) {
      line("No law is broken.");
    } else {
      line(
          report.broken() == 0
              ? "The laws could not be tried."
              : Words.count(report.broken(), "law")
                  + (report.broken() == 1 ? " is broken." : " are broken."));
    }
  }

  /** Names and results may hold anything. */
  private void line(String text) {
    lines.add(TerminalText.safe(text));
  }
}
