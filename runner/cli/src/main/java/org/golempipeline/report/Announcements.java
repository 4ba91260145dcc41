package org.golempipeline.report;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;

/**
 * What of a run is worth a line of its own: mostly nothing, and nothing twice. Not for several
 * threads.
 */
final class Announcements {
  /** So many different ones of a kind: with many machines they would be all there is to read. */
  private static final int MOST = 20;

  private final RunTally tally;
  private final boolean titled;
  private final Map<Class<?>, Set<String>> said = new HashMap<>();

  /**
   * @param titled whether the name of the run stands above all of them
   */
  Announcements(RunTally tally, boolean titled) {
    this.tally = tally;
    this.titled = titled;
  }

  /** The line of an event that the tally has taken in, safe to be shown. */
  Optional<String> of(StampedEvent stamped) {
    return text(stamped).map(TerminalText::safe);
  }

  private Optional<String> text(StampedEvent stamped) {
    var event = stamped.event();
    if (event instanceof RunEvent.RunStarted && !titled) {
      return Optional.of("%s: running %s".formatted(tally.title(), tally.where()));
    } else if (event instanceof RunEvent.StopRequested stop) {
      return Optional.of("stopping: " + stop.failure().message());
    } else if (event instanceof RunEvent.Warned warned) {
      return once(event, "warning: " + warned.message());
    } else if (event instanceof RunEvent.StrategyWarned warned && !warned.planned()) {
      // What was said when the run was planned stands above, with its place in the file.
      return once(
          event,
          "warning: stage %s, %s: %s"
              .formatted(warned.stage(), warned.strategy(), warned.message()));
    } else if (event instanceof RunEvent.ProgramsChosen chosen) {
      return Optional.of(Words.programs(chosen, tally.onGolem()));
    } else if (event instanceof RunEvent.StageReused reused) {
      return reused(reused);
    } else if (event instanceof RunEvent.ProviderBanned banned) {
      return Optional.of(
          "banned: %s %s gave a false result in stage %s; what it did is done again"
              .formatted(tally.worker(), banned.providerId(), banned.stage()));
    } else if (event instanceof RunEvent.StartFailed failed) {
      return once(
          event,
          "not started: %s %s: %s"
              .formatted(tally.worker(), failed.providerName(), failed.reason()));
    } else if (event instanceof RunEvent.ProviderPaused paused) {
      return Optional.of(paused(stamped, paused));
    } else if (event instanceof RunEvent.RentalEnding ending
        && ending.forBudget()
        && tally.heldBack() > 0) {
      return once(
          event,
          "budget: it pays for no more machines at a time; what is rented beyond is let go unused");
    } else if (event instanceof RunEvent.FragmentFailed failed) {
      return isNew(event, Causes.key(failed.stage(), failed.failure()))
          ? Optional.of(failed(failed))
          : Optional.empty();
    } else if (event instanceof RunEvent.StageFinished end) {
      return Optional.of(finished(tally.stage(end.stage())));
    }
    return Optional.empty();
  }

  private Optional<String> once(RunEvent event, String text) {
    return isNew(event, text) ? Optional.of(text) : Optional.empty();
  }

  private boolean isNew(RunEvent event, String text) {
    var known = said.computeIfAbsent(event.getClass(), kind -> new HashSet<>());
    return known.size() < MOST && known.add(text);
  }

  /**
   * How much an earlier run left, unless it is the first run. One that was killed leaves results
   * and nothing to compare with.
   */
  private static Optional<String> reused(RunEvent.StageReused reused) {
    if (reused.reused() == 0 && (reused.reasons().isEmpty() || reused.firstRun())) {
      return Optional.empty();
    }
    var text =
        reused.others() == 0
            ? "all %s reused".formatted(Words.count(reused.reused(), "fragment"))
            : "%s reused, %s to compute"
                .formatted(Words.count(reused.reused(), "fragment"), Words.number(reused.others()));
    var why =
        reused.others() == 0 || reused.reasons().isEmpty() || reused.firstRun()
            ? ""
            : ": " + String.join(", ", reused.reasons());
    return Optional.of(reused.stage() + ": " + text + why);
  }

  private String paused(StampedEvent stamped, RunEvent.ProviderPaused paused) {
    // To the nearest second, since the event comes a moment after the pause began.
    var left = Duration.between(stamped.at(), paused.until()).plusMillis(500);
    return "paused: %s %s failed %s and is left alone for %s"
        .formatted(
            tally.worker(),
            tally.provider(paused.providerId()),
            paused.failures() == 1 ? "once" : paused.failures() + " times in a row",
            Words.duration(left));
  }

  private String failed(RunEvent.FragmentFailed failed) {
    return "failed: stage %s, %s: %s%s"
        .formatted(
            failed.stage(),
            failed.label(),
            failed.failure().message(),
            failed.log() == null ? "" : " Log: " + tally.log(failed.log()));
  }

  private String finished(StageTally stage) {
    var text =
        new StringBuilder(stage.name)
            .append(": ")
            .append(Words.count(stage.done, "fragment"))
            .append(" done");
    if (stage.failed > 0) {
      text.append(", ").append(Words.number(stage.failed)).append(" failed");
    }
    if (stage.retried > 0) {
      text.append(", ").append(Words.count(stage.retried, "more attempt"));
    }
    if (stage.copied > 0) {
      text.append(", ")
          .append(Words.number(stage.copied))
          .append(" copied from slow ")
          .append(tally.worker())
          .append('s');
    }
    return text.append(stage.cut ? ", the rest not needed" : "").toString();
  }
}
