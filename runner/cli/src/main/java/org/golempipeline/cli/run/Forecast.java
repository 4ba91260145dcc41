package org.golempipeline.cli.run;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.golempipeline.event.EventSink;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.journal.RunHistories;
import org.golempipeline.plan.Plan;
import org.golempipeline.report.Words;
import org.jspecify.annotations.Nullable;

/** What a run on the network should have taken and cost, beside what it did. */
final class Forecast implements EventSink {
  private final Plan plan;
  private final int workers;
  private final Map<String, Integer> kept = new HashMap<>();
  private RunEvent.@Nullable RunFinished finished;

  Forecast(Plan plan, int workers) {
    this.plan = plan;
    this.workers = workers;
  }

  @Override
  public void accept(StampedEvent stamped) {
    if (stamped.event() instanceof RunEvent.StageReused reused) {
      kept.put(reused.stage(), reused.reused());
    } else if (stamped.event() instanceof RunEvent.RunFinished end) {
      finished = end;
    }
  }

  /** Empty if it did not end well, or nothing is known of earlier runs. */
  Optional<String> line(RunHistories histories, String runId) throws IOException {
    if (finished == null || finished.failure() != null) {
      return Optional.empty();
    }
    var was =
        Words.duration(Duration.ofMillis(finished.milliseconds()))
            + " and "
            + Words.glm(finished.accepted());
    return Optional.ofNullable(Estimate.expected(plan, kept, workers, histories, runId))
        .map(expected -> "predicted  %s; was %s".formatted(expected, was));
  }
}
