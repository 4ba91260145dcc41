package org.golempipeline.html;

import org.golempipeline.event.Failure;
import org.golempipeline.journal.RunHistory;
import org.golempipeline.report.Words;
import org.jspecify.annotations.Nullable;

/** How a run ended, in words: the first thing on its page. */
record Outcome(String pill, String colour, String sentence, @Nullable String hint) {

  static Outcome of(RunHistory run, RunFacts facts) {
    var failure = run.failure();
    if (failure == null && facts.finished == null && facts.stop != null) {
      failure = facts.stop.failure();
    }
    return switch (run.state()) {
      case DONE -> new Outcome("done", "good", done(facts), null);
      case PARTIAL ->
          new Outcome(
              "partial",
              "warn",
              "The result is partial: %s missing."
                  .formatted(Words.count(run.missing(), "fragment")),
              lacksFailed(facts) ? "Run it again: only what failed is computed." : null);
      case FAILED -> of("failed", "bad", failure, "It failed.");
      case INTERRUPTED -> of("interrupted", "warn", failure, "It was interrupted.");
      case RUNNING ->
          of("still running", "busy", failure, "It goes on while this page shows how far it is.");
      case UNFINISHED ->
          of(
              "not finished",
              "bad",
              failure,
              "Its process died: the journal ends without an end of the run.");
    };
  }

  private static Outcome of(
      String pill, String colour, @Nullable Failure failure, String otherwise) {
    return failure == null
        ? new Outcome(pill, colour, otherwise, null)
        : new Outcome(pill, colour, failure.message(), failure.hint());
  }

  private static boolean lacksFailed(RunFacts facts) {
    return facts.stages().stream().anyMatch(stage -> stage.part != null && stage.part.failed());
  }

  private static String done(RunFacts facts) {
    var files = facts.outputs.stream().mapToLong(output -> output.files()).sum();
    if (facts.outputsInAll > facts.outputs.size() || files == 0) {
      return "The run is complete.";
    }
    return "The run is complete: " + Words.count(files, "file") + " published.";
  }
}
