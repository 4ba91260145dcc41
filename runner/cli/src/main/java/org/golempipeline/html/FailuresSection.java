package org.golempipeline.html;

import java.nio.file.Path;
import java.util.function.Function;
import org.golempipeline.html.RunFacts.Example;
import org.golempipeline.report.Causes;
import org.golempipeline.report.Causes.Cause;
import org.golempipeline.report.Words;

/** What failed, by cause, with the end of a log and the command that replays it. */
final class FailuresSection {
  private static final int LONGEST_MESSAGE = 800;
  private static final int LONGEST_LABEL = 160;

  private final Html html;
  private final RunFacts facts;
  private final Path runFolder;
  private final Function<String, String> repro;

  /**
   * @param repro makes the command for a fragment, named as {@code stage/number}
   */
  FailuresSection(Html html, RunFacts facts, Path runFolder, Function<String, String> repro) {
    this.html = html;
    this.facts = facts;
    this.runFolder = runFolder;
    this.repro = repro;
  }

  void write() {
    if (facts.givenUp.count() + facts.attempts.count() + facts.lost.count() == 0
        && facts.notRented.count() == 0) {
      return;
    }
    html.open("section").element("h2", "What failed");
    if (facts.givenUp.count() > 0) {
      html.soft(Words.count(facts.givenUp.count(), "fragment") + " given up, by cause.");
      facts.givenUp.all().forEach(cause -> cause(cause, "fragment", "cause"));
      others(facts.givenUp);
    }
    folded(facts.attempts, "attempt", "failed because of the command");
    folded(facts.lost, "script", "did not come back");
    folded(facts.notRented, "search", "for a provider found none");
    html.close();
  }

  private void folded(Causes<Example> causes, String noun, String what) {
    if (causes.count() == 0) {
      return;
    }
    var nouns =
        noun.equals("search")
            ? causes.count() + (causes.count() == 1 ? " search" : " searches")
            : Words.count(causes.count(), noun);
    html.open("details").element("summary", nouns + " " + what);
    causes.all().forEach(cause -> cause(cause, noun, "cause milder"));
    others(causes);
    html.close();
  }

  private void cause(Cause<Example> cause, String noun, String style) {
    html.open("div", "class", style).open("h3");
    if (!cause.stage.isEmpty()) {
      html.foreign(cause.stage).text(": ");
    }
    html.open("bdi")
        .prose(Words.beginning(cause.failure.message(), LONGEST_MESSAGE))
        .close()
        .close();
    if (cause.failure.hint() != null) {
      html.open("p").prose(Words.beginning(cause.failure.hint(), LONGEST_MESSAGE)).close();
    }
    var count =
        noun.equals("search")
            ? cause.count() + (cause.count() == 1 ? " time" : " times")
            : Words.count(cause.count(), noun);
    html.open("p", "class", "soft").text(count);
    var first = true;
    for (var example : cause.examples()) {
      if (!example.label().isEmpty()) {
        html.text(first ? ": " : "; ").foreign(Words.beginning(example.label(), LONGEST_LABEL));
        html.text(example.detail().isEmpty() ? "" : " (").foreign(example.detail());
        html.text(example.detail().isEmpty() ? "" : ")");
        first = false;
      }
    }
    html.text(!first && cause.count() > cause.examples().size() ? "; …" : "").close();
    log(cause);
    cause.examples().stream()
        .filter(example -> example.fragment() != null)
        .findFirst()
        .ifPresent(
            example ->
                html.open("pre", "class", "command")
                    .text(repro.apply(cause.stage + "/" + example.fragment()))
                    .close());
    html.close();
  }

  /** The end of the first log that is there. */
  private void log(Cause<Example> cause) {
    for (var example : cause.examples()) {
      if (example.log() != null) {
        var tail = LogTail.read(runFolder, example.log());
        if (tail.isPresent()) {
          html.open("p", "class", "soft small").text("the end of ");
          html.element("code", Words.beginning(example.log(), LONGEST_LABEL)).close();
          html.open("pre").lines(tail.get()).close();
          return;
        }
      }
    }
  }

  private void others(Causes<Example> causes) {
    if (causes.others() > 0) {
      html.soft(Words.number(causes.others()) + " more for other reasons; the journal has them.");
    }
  }
}
