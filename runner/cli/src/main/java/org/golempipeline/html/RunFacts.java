package org.golempipeline.html;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.journal.JournalReader;
import org.golempipeline.report.Causes;
import org.golempipeline.report.Latest;
import org.golempipeline.report.Words;
import org.jspecify.annotations.Nullable;

/**
 * All that a page shows of a run, added up from its journal in one pass. Its size depends on
 * stages, providers and causes of failures, all of them bounded, and of each fragment it keeps a
 * bit.
 */
final class RunFacts {
  @SuppressWarnings("unchecked")
  private static final Class<? extends RunEvent>[] ALL =
      (Class<? extends RunEvent>[]) RunEvent.class.getPermittedSubclasses();

  private static final int WARNINGS_KEPT = 20;
  private static final int OUTPUTS_KEPT = 50;
  private static final int TRIES_KEPT = 256;

  WallClock clock = new WallClock();
  FleetFacts fleet = new FleetFacts(clock);
  final FragmentFacts fragments = new FragmentFacts();
  final MoneyFacts money = new MoneyFacts();
  final MarketFacts market = new MarketFacts();
  final Causes<Example> givenUp = new Causes<>();
  final Causes<Example> attempts = new Causes<>();
  final Causes<Example> lost = new Causes<>();
  final Causes<Example> notRented = new Causes<>();
  final Set<String> warnings = new LinkedHashSet<>();

  /** In which programs fragments were executed or audited on this machine, in words. */
  final Set<String> programs = new LinkedHashSet<>();

  final List<RunEvent.OutputPublished> outputs = new ArrayList<>();
  long outputsInAll;
  RunEvent.@Nullable OutputLeft left;
  RunEvent.@Nullable OutputsRemoved removed;
  RunEvent.@Nullable RunStarted started;
  RunEvent.@Nullable RunFinished finished;
  RunEvent.@Nullable StopRequested stop;
  @Nullable Instant begun;
  @Nullable Instant lastAt;

  private final Map<String, StageFacts> stages = new LinkedHashMap<>();

  /** Who tried a fragment last, for fragments that failed lately. */
  private final Map<String, Try> lastTries = new Latest<>(TRIES_KEPT);

  /**
   * One fragment or script that failed.
   *
   * @param label what it is called
   * @param detail how often it was tried, and by whom last
   * @param fragment its number; null if it is no single fragment
   */
  record Example(@Nullable Integer fragment, String label, String detail, @Nullable String log) {}

  /**
   * An attempt at a fragment.
   *
   * @param by where, and how it ended; may be empty
   */
  private record Try(String by, @Nullable Integer exitCode) {}

  /** Of a run of which nothing is known yet. */
  RunFacts() {}

  static RunFacts read(Path runFolder) throws IOException {
    var facts = new RunFacts();
    new JournalReader(runFolder).scan(facts::add, ALL);
    facts.end();
    return facts;
  }

  /**
   * What {@code look} makes of the facts as they are if the run ends at this moment, or with its
   * last event if that is later. The run goes on.
   */
  <T> T seenAt(Instant now, Supplier<T> look) {
    var running = fleet;
    try {
      fleet = new FleetFacts(running);
      clock = fleet.clock;
      if (begun != null && finished == null) {
        clock.advance(Duration.between(begun, now).toMillis());
      }
      end();
      return look.get();
    } finally {
      fleet = running;
      clock = running.clock;
    }
  }

  void add(StampedEvent stamped) {
    if (begun == null) {
      begun = stamped.at();
    }
    var now = Math.max(clock.total(), Duration.between(begun, stamped.at()).toMillis());
    var event = stamped.event();
    if (finished != null) {
      // What settled the run later costs money and no time.
      money.add(event, now);
      return;
    }
    lastAt = stamped.at();
    clock.advance(now);
    fragments.add(event, now);
    if (event instanceof RunEvent.RunFinished end) {
      finished = end;
    } else if (event instanceof RunEvent.RunStarted run) {
      started = run;
      run.stages().forEach(this::stage);
    } else if (event instanceof RunEvent.StopRequested requested) {
      stop = stop == null ? requested : stop;
      clock.ending = true;
    } else if (event instanceof RunEvent.Warned warned) {
      if (warnings.size() < WARNINGS_KEPT) {
        warnings.add(warned.message());
      }
    } else if (event instanceof RunEvent.StrategyWarned warned) {
      if (warnings.size() < WARNINGS_KEPT) {
        warnings.add(
            "stage `%s`, `%s`: %s".formatted(warned.stage(), warned.strategy(), warned.message()));
      }
    } else if (event instanceof RunEvent.ProgramsChosen chosen) {
      programs.add(Words.programs(chosen, isGolem()));
    } else if (event instanceof RunEvent.PublishStarted) {
      clock.ending = true;
    } else if (event instanceof RunEvent.OutputPublished output) {
      outputsInAll++;
      if (outputs.size() < OUTPUTS_KEPT) {
        outputs.add(output);
      }
    } else if (event instanceof RunEvent.OutputsRemoved gone) {
      removed = gone;
    } else if (!addMachine(event, now)) {
      addStage(event, now);
    }
  }

  private boolean addMachine(RunEvent event, long now) {
    if (event instanceof RunEvent.RentalRequested requested) {
      fleet.requested(requested, now);
    } else if (event instanceof RunEvent.RentalOpened opened) {
      fleet.opened(opened, now);
      money.opened(opened);
    } else if (event instanceof RunEvent.RentalFailed failed) {
      if (fleet.wants(failed.rental())) {
        notRented.add("", failed.failure(), new Example(null, "", "", null));
      }
      fleet.closed(failed.rental(), now);
    } else if (event instanceof RunEvent.RentalEnding ending) {
      fleet.ending(ending);
    } else if (event instanceof RunEvent.RentalClosed closed) {
      fleet.closed(closed.rental(), now);
    } else {
      market.add(event);
      if (event instanceof RunEvent.AgreementApproved approved) {
        fleet.approved(approved.agreementId(), now);
      } else if (event instanceof RunEvent.AgreementTerminated terminated) {
        fleet.terminated(terminated.agreementId());
      }
      return money.add(event, now);
    }
    return true;
  }

  boolean isGolem() {
    return started != null && started.target().equals("golem");
  }

  /** What those are called who do the work. */
  String worker() {
    return isGolem() ? "provider" : "worker";
  }

  /** The same as the name of a column. */
  String who() {
    return isGolem() ? "Provider" : "Worker";
  }

  /** What their time is called. */
  String rented() {
    return isGolem() ? "rented" : "at hand";
  }

  private void addStage(RunEvent event, long now) {
    if (event instanceof RunEvent.BatchStarted batch) {
      var stage = stage(batch.stage());
      stage.seen(now);
      fleet.started(stage, batch, now);
    } else if (event instanceof RunEvent.BatchFinished batch) {
      var script = fleet.finished(batch, now);
      if (script != null) {
        scriptFinished(script, batch, now);
      }
    } else if (event instanceof RunEvent.StageExpanded expanded) {
      stage(expanded.stage()).total = expanded.fragments();
    } else if (event instanceof RunEvent.FragmentsReused reused) {
      var stage = stage(reused.stage());
      reused.fragments().forEach(stage.done::set);
      stage.reused += reused.fragments().size();
    } else if (event instanceof RunEvent.StageReused reused) {
      var stage = stage(reused.stage());
      stage.reasons = reused.reasons();
      stage.firstRun = reused.firstRun();
    } else if (event instanceof RunEvent.FragmentRequeued requeued) {
      stage(requeued.stage()).requeued++;
    } else if (event instanceof RunEvent.FragmentsCopied copied) {
      stage(copied.stage()).copied += copied.fragments().size();
    } else if (event instanceof RunEvent.ChecksQueued checks) {
      var stage = stage(checks.stage());
      stage.checks += checks.fragments().size();
      checks.fragments().forEach(stage.done::clear);
    } else if (event instanceof RunEvent.ProviderBanned banned) {
      stage(banned.stage()).banned++;
      fleet.banned(banned.providerId());
    } else if (event instanceof RunEvent.FragmentFailed failed) {
      fragmentFailed(failed);
    } else {
      addResult(event, now);
    }
  }

  private void addResult(RunEvent event, long now) {
    if (event instanceof RunEvent.StageCut cut) {
      stage(cut.stage()).cut = true;
      stage(cut.stage()).winner = cut.winner();
    } else if (event instanceof RunEvent.OutputLeft output) {
      left = output;
    } else if (event instanceof RunEvent.PartMade part) {
      stage(part.stage()).part = part;
    } else if (event instanceof RunEvent.StageEnough enough) {
      stage(enough.stage()).enough = enough;
    } else if (event instanceof RunEvent.MergeStarted merge) {
      var stage = stage(merge.stage());
      stage.seen(now);
      stage.mergeBegin = now;
      clock.merging++;
    } else if (event instanceof RunEvent.MergeFinished merge) {
      var stage = stage(merge.stage());
      stage.seen(now);
      stage.mergeTime = now - Math.max(0, stage.mergeBegin);
      stage.merged = true;
      stage.files = merge.files();
      stage.bytes = merge.bytes();
      clock.merging--;
    } else if (event instanceof RunEvent.ValueFound found) {
      stage(found.stage()).value = found.value();
    } else if (event instanceof RunEvent.StageFinished end) {
      var stage = stage(end.stage());
      stage.seen(now);
      stage.finished = end;
    }
  }

  private void scriptFinished(FleetFacts.Script script, RunEvent.BatchFinished batch, long now) {
    var stage = script.stage();
    var fragments = script.event().fragments();
    var provider = fleet.provider(script.event().rental());
    stage.seen(now);
    if (batch.neverSent()) {
      return;
    }
    stage.scripts++;
    stage.scriptTime += batch.milliseconds();
    stage.bytesSent += batch.bytesSent();
    stage.bytesReceived += batch.bytesReceived();
    batch.done().forEach(stage.done::set);
    stage.failedAttempts += batch.failed().size();
    for (var failed : batch.failed()) {
      var by =
          (provider.isEmpty() ? "" : "on " + Words.beginning(provider, 60))
              + (failed.exitCode() == null ? "" : ", exit code " + failed.exitCode());
      lastTries.put(stage.name + "/" + failed.fragment(), new Try(by, failed.exitCode()));
      var label = stage.name + "/" + failed.fragment();
      attempts.add(
          stage.name,
          failed.failure(),
          String.valueOf(failed.exitCode()),
          new Example(failed.fragment(), label, by, failed.log()));
    }
    if (batch.failure() == null) {
      var number = Math.max(1, fragments.size());
      stage.times.add(batch.milliseconds() / (double) number, number);
      return;
    }
    if (batch.failure().kind() == FailureKind.CANCELLED) {
      stage.cancelledScripts++;
      stage.cancelledTime += batch.milliseconds();
      return;
    }
    stage.lostScripts++;
    stage.lostTime += batch.milliseconds();
    var label = Words.beginning("fragments " + fragments, 60);
    var by = provider.isEmpty() ? "" : "on " + Words.beginning(provider, 60);
    lost.add(stage.name, batch.failure(), new Example(null, label, by, null));
    if (fragments.size() <= TRIES_KEPT) {
      fragments.forEach(index -> lastTries.put(stage.name + "/" + index, new Try(by, null)));
    }
  }

  private void fragmentFailed(RunEvent.FragmentFailed failed) {
    stage(failed.stage()).failed++;
    var last = lastTries.remove(failed.stage() + "/" + failed.fragment());
    var tries = failed.attempts() == 1 ? "1 attempt" : failed.attempts() + " attempts";
    var detail = last == null || last.by.isEmpty() ? tries : tries + ", last " + last.by;
    givenUp.add(
        failed.stage(),
        failed.failure(),
        String.valueOf(last == null ? null : last.exitCode),
        new Example(failed.fragment(), failed.label(), detail, failed.log()));
  }

  private void end() {
    fleet.end(clock.total());
    var known = fleet.providers().stream().collect(Collectors.toMap(each -> each.id, each -> each));
    money.share(id -> known.getOrDefault(id, fleet.others));
  }

  private StageFacts stage(String name) {
    return stages.computeIfAbsent(name, StageFacts::new);
  }

  /** In the order of the file. */
  Collection<StageFacts> stages() {
    return stages.values();
  }

  /** Milliseconds from the first to the last event of the run itself. */
  long length() {
    return clock.total();
  }
}
