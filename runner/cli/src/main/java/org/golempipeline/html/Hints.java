package org.golempipeline.html;

import java.util.ArrayList;
import java.util.List;
import org.golempipeline.html.WallClock.Part;
import org.golempipeline.journal.RunHistory;

/** What could be done about how a run went; each with the number that says so. */
final class Hints {
  private static final int MOST = 3;

  /** Shares of short runs say little. */
  private static final long WORTH_SAYING = 10_000;

  private Hints() {}

  static List<String> of(RunHistory run, RunFacts facts) {
    var hints = new ArrayList<String>();
    if (run.isUnsettled()) {
      hints.add(
          "Something of it may be left on the network: `golem-pipeline settle %s` ends, pays and releases it."
              .formatted(run.id()));
    }
    var clock = facts.clock;
    var market = clock.of(Part.MARKET);
    if (market > WORTH_SAYING && market * 2 > clock.total()) {
      hints.add(
          "%s of the time went into looking for providers while none worked. A higher `golem.price`, or lower `resources`, meets more offers."
              .formatted(Text.share(market, clock.total())));
    }
    var deploy = clock.of(Part.DEPLOYING);
    if (deploy > WORTH_SAYING && deploy * 3 > clock.total()) {
      hints.add(
          "%s of the time went into starting images while nothing ran. A smaller image starts sooner."
              .formatted(Text.share(deploy, clock.total())));
    }
    var alone = clock.alone();
    if (clock.mostBusy() > 2 && alone > WORTH_SAYING && alone * 4 > clock.total()) {
      hints.add(
          "The last provider worked alone for %s, %s of the time. Smaller fragments, or `speculate: true`, would end it sooner."
              .formatted(Text.time(alone), Text.share(alone, clock.total())));
    }
    var fleet = facts.fleet;
    var idle = fleet.rentedTime - fleet.busyTime - fleet.deployTime;
    if (idle > WORTH_SAYING && idle * 3 > fleet.rentedTime) {
      hints.add(
          "Providers had nothing to do for %s of the time they were rented. Fewer `workers`, or more and smaller fragments, waste less."
              .formatted(Text.share(idle, fleet.rentedTime)));
    }
    var lost = facts.stages().stream().mapToLong(stage -> stage.lostTime).sum();
    var scripts = facts.stages().stream().mapToLong(stage -> stage.scriptTime).sum();
    if (lost > WORTH_SAYING && lost * 5 > scripts) {
      hints.add(
          "%s of the time of scripts was lost with scripts that did not come back; the reasons are under \"What failed\"."
              .formatted(Text.share(lost, scripts)));
    }
    return List.copyOf(hints.subList(0, Math.min(MOST, hints.size())));
  }
}
