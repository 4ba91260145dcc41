package org.golempipeline.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong in a run, by its journal: each reason once, with the fragments it concerns.
 * However long the journal, what is kept is small.
 */
public final class RunFailures {
  /** Distinct reasons that are kept; more are counted only. */
  private static final int MOST_REASONS = 200;

  private static final int MOST_LOGS = 3;

  /** What a reason ended. */
  public enum What {
    /** Fragments for good. */
    GIVEN_UP,
    /** Attempts of fragments that were not given up. */
    ATTEMPT,
    /** Scripts with all the fragments that were in them, while somebody waited for those. */
    SCRIPT
  }

  /**
   * One reason.
   *
   * @param logs some of the logs, relative to the run's folder
   * @param count how often: fragments, or scripts
   */
  public record Reason(
      What what,
      String stage,
      Failure failure,
      @Nullable Integer exitCode,
      FragmentSet fragments,
      long count,
      List<String> logs) {}

  private record Key(What what, String stage, String message) {}

  private static final class Group {
    final Failure failure;
    final @Nullable Integer exitCode;
    final BitSet fragments = new BitSet();
    final Map<Integer, String> logs = new LinkedHashMap<>();
    long count;

    Group(Failure failure, @Nullable Integer exitCode) {
      this.failure = failure;
      this.exitCode = exitCode;
    }
  }

  private final Map<Key, Group> groups = new LinkedHashMap<>();
  private final Map<Integer, RunEvent.BatchStarted> running = new HashMap<>();
  private final Map<String, BitSet> givenUp = new HashMap<>();

  /** Stages of which no more is needed: what is still out for them is called back. */
  private final Set<String> over = new HashSet<>();

  private boolean stopping;
  private @Nullable Failure end;
  private long others;

  private RunFailures() {}

  public static RunFailures read(Path runFolder) throws IOException {
    var failures = new RunFailures();
    new JournalReader(runFolder)
        .scan(
            failures::add,
            RunEvent.BatchStarted.class,
            RunEvent.BatchFinished.class,
            RunEvent.FragmentFailed.class,
            RunEvent.StageCut.class,
            RunEvent.StageEnough.class,
            RunEvent.StageFinished.class,
            RunEvent.StopRequested.class,
            RunEvent.RunFinished.class);
    return failures;
  }

  private void add(StampedEvent stamped) {
    var event = stamped.event();
    if (event instanceof RunEvent.BatchStarted batch) {
      running.put(batch.batch(), batch);
    } else if (event instanceof RunEvent.BatchFinished batch) {
      var started = running.remove(batch.batch());
      if (started != null) {
        add(batch, started);
      }
    } else if (event instanceof RunEvent.FragmentFailed failed) {
      givenUp.computeIfAbsent(failed.stage(), name -> new BitSet()).set(failed.fragment());
      add(What.GIVEN_UP, failed.stage(), failed.failure(), null, failed.fragment(), failed.log());
    } else if (event instanceof RunEvent.StageCut cut) {
      over.add(cut.stage());
    } else if (event instanceof RunEvent.StageEnough enough) {
      over.add(enough.stage());
    } else if (event instanceof RunEvent.StageFinished finished) {
      over.add(finished.stage());
    } else if (event instanceof RunEvent.StopRequested stop) {
      stopping = true;
      end = end == null ? stop.failure() : end;
    } else if (event instanceof RunEvent.RunFinished finished) {
      end = finished.failure();
    }
  }

  private void add(RunEvent.BatchFinished batch, RunEvent.BatchStarted started) {
    for (var failed : batch.failed()) {
      add(
          What.ATTEMPT,
          started.stage(),
          failed.failure(),
          failed.exitCode(),
          failed.fragment(),
          failed.log());
    }
    var waitedFor = !stopping && !over.contains(started.stage());
    if (batch.failure() != null && !batch.neverSent() && waitedFor) {
      var group = group(What.SCRIPT, started.stage(), batch.failure(), null);
      if (group != null) {
        group.count++;
        started.fragments().forEach(group.fragments::set);
      }
    }
  }

  private void add(
      What what,
      String stage,
      Failure failure,
      @Nullable Integer exitCode,
      int fragment,
      @Nullable String log) {
    var group = group(what, stage, failure, exitCode);
    if (group != null) {
      group.count++;
      group.fragments.set(fragment);
      if (log != null && group.logs.size() < MOST_LOGS) {
        group.logs.put(fragment, log);
      }
    }
  }

  private @Nullable Group group(
      What what, String stage, Failure failure, @Nullable Integer exitCode) {
    var key = new Key(what, stage, failure.message());
    var known = groups.get(key);
    if (known != null) {
      return known;
    }
    if (groups.size() == MOST_REASONS) {
      others++;
      return null;
    }
    var made = new Group(failure, exitCode);
    groups.put(key, made);
    return made;
  }

  /** First what was given up, then what was tried again, then lost scripts. */
  public List<Reason> reasons() {
    var reasons = new ArrayList<Reason>();
    for (var what : What.values()) {
      groups.forEach(
          (key, group) -> {
            if (key.what() == what) {
              reason(key, group, reasons);
            }
          });
    }
    return reasons;
  }

  private void reason(Key key, Group group, List<Reason> reasons) {
    var fragments = (BitSet) group.fragments.clone();
    if (key.what() == What.ATTEMPT) {
      fragments.andNot(givenUp.getOrDefault(key.stage(), new BitSet()));
      if (fragments.isEmpty()) {
        return;
      }
    }
    reasons.add(
        new Reason(
            key.what(),
            key.stage(),
            group.failure,
            group.exitCode,
            FragmentSet.of(fragments.stream().toArray()),
            key.what() == What.SCRIPT ? group.count : fragments.cardinality(),
            group.logs.entrySet().stream()
                .filter(log -> fragments.get(log.getKey()))
                .map(Map.Entry::getValue)
                .toList()));
  }

  /** Why the run ended, or was about to; null if it did not fail. */
  public @Nullable Failure end() {
    return end;
  }

  /** Failures whose reasons were too many to be kept. */
  public long others() {
    return others;
  }
}
