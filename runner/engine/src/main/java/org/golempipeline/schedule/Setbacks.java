package org.golempipeline.schedule;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.RunEvent;
import org.jspecify.annotations.Nullable;

/** Tells bad luck, which passes, from trouble that no other machine and no patience will mend. */
final class Setbacks {
  /** So many machines in a row that fail are not bad luck any more, nor two for every worker. */
  private static final int HOPELESS = 10;

  /** A daemon that is silent for so many pauses does not merely restart. */
  private static final int PATIENCE = 4;

  /** So many providers that say the same of an image are right. */
  private static final int WITNESSES = 3;

  /** What differs from machine to machine in what they say of the same image. */
  private static final Pattern OWN_WORDS =
      Pattern.compile("(?<![:/])(/[^\\s:'\"]+)+|[0-9a-f-]{16,}");

  /** What providers say of an image, and who. */
  private record Verdict(String image, String reason) {}

  private final Map<Verdict, Set<String>> witnesses = new HashMap<>();
  private final Set<String> started = new HashSet<>();
  private final Map<String, Integer> unstarted = new HashMap<>();
  private final Decisions decisions;
  private final Policy policy;
  private int inARow;
  private @Nullable Instant silentSince;

  Setbacks(Decisions decisions, Policy policy) {
    this.decisions = decisions;
    this.policy = policy;
  }

  /** A fragment is done. */
  void over() {
    inARow = 0;
    silentSince = null;
  }

  /** The daemon answers, whatever it says. */
  void answered() {
    silentSince = null;
  }

  /** A machine could not be started, or failed while it worked. */
  void machineFailed(Failure reason) {
    silentSince = null;
    inARow++;
    if (inARow >= Math.max(HOPELESS, 2 * policy.workers())) {
      decisions.stop(
          new Failure(
              reason.kind(),
              "%d providers in a row failed; the last said: %s".formatted(inARow, reason.message()),
              Objects.requireNonNullElse(
                  reason.hint(), "Look at the image and at what `setup` and `run` need.")));
    }
  }

  /** A machine with this image is there, so it is not the image if others have none. */
  void imageStarted(String image) {
    started.add(image);
  }

  /** A provider says that it cannot deploy or start the image. */
  void imageFailed(RunEvent.StartFailed failed) {
    var image = failed.image();
    unstarted.merge(image, 1, Integer::sum);
    var verdict = new Verdict(image, OWN_WORDS.matcher(failed.reason()).replaceAll(""));
    var same = witnesses.computeIfAbsent(verdict, each -> new HashSet<>());
    same.add(failed.providerId());
    if (same.size() >= WITNESSES && !started.contains(image)) {
      decisions.stop(
          new Failure(
              FailureKind.COMMAND,
              "Image `%s` is at fault. %d providers say: %s %d agreements were made for it, and ended."
                  .formatted(image, same.size(), failed.reason(), unstarted.get(image)),
              "Look at `image` in the file: what it names must be there for everybody, with the"
                  + " hash that is said; `golem-pipeline image` tells more."));
    }
  }

  /** The daemon does not answer: it may restart, and says so itself if it will not. */
  void daemonSilent(Failure reason) {
    var now = decisions.now();
    if (silentSince == null) {
      silentSince = now;
    } else if (!now.isBefore(silentSince.plus(policy.marketPause().multipliedBy(PATIENCE)))) {
      decisions.stop(reason);
    }
  }
}
