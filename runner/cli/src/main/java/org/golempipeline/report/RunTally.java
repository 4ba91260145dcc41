package org.golempipeline.report;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.golempipeline.event.Failure;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.jspecify.annotations.Nullable;

/**
 * All that progress and summary know of a run, added up from its events; its size depends on stages
 * and machines, not on fragments. Not for several threads.
 */
final class RunTally {
  private static final int KEPT = 20;
  private static final int ATTEMPTS_KEPT = 256;

  final OfferTally offers = new OfferTally();
  final CostTally cost = new CostTally();
  final Causes<FailedFragment> failures = new Causes<>();
  final List<RunEvent.OutputPublished> outputs = new ArrayList<>();
  RunEvent.@Nullable OutputLeft left;
  RunEvent.@Nullable OutputsRemoved removed;
  final Map<String, String> values = new LinkedHashMap<>();
  final Map<String, RunEvent.StageEnough> enough = new LinkedHashMap<>();
  final List<RunEvent.PartMade> parts = new ArrayList<>();
  int outputsInAll;
  RunEvent.@Nullable RunStarted started;
  RunEvent.@Nullable RunFinished finished;
  RunEvent.@Nullable SettlementFinished settlement;
  @Nullable Failure stopping;
  @Nullable BigDecimal allocated;

  private final Map<String, StageTally> stages = new LinkedHashMap<>();
  private final Map<Integer, String> machines = new HashMap<>();

  /** Of providers that signed an agreement, by id. */
  private final Map<String, String> names = new HashMap<>();

  private final Map<Integer, RunEvent.BatchStarted> batches = new HashMap<>();

  /** Providers that were given something to do, and those that the budget did not pay for. */
  private final Set<String> worked = new HashSet<>();

  private final Set<String> tooDear = new HashSet<>();

  /** Who tried a fragment last, for the fragments that failed lately. */
  private final Map<String, String> lastProvider = new Latest<>(ATTEMPTS_KEPT);

  /** Agreements that are approved and not ended, as far as is known. */
  private final Set<String> agreements = new LinkedHashSet<>();

  /** Agreements whose machines fetch and start their image, and how far they say they are. */
  private final Map<String, RunEvent.ImageArriving> starting = new HashMap<>();

  private boolean asked;
  private boolean published;

  /** Why the market had nobody the last time. */
  private @Nullable String notRented;

  private @Nullable String allocationId;
  private @Nullable Instant begun;
  private int wanted;

  /** A fragment that was given up, and who had it last if that is known. */
  record FailedFragment(RunEvent.FragmentFailed event, @Nullable String provider) {}

  /** Takes in the next event. */
  void add(StampedEvent stamped) {
    var event = stamped.event();
    if (event instanceof RunEvent.RunStarted run) {
      started = run;
      begun = stamped.at();
      run.stages().forEach(name -> stages.put(name, new StageTally(name)));
    } else if (event instanceof RunEvent.RunFinished end) {
      finished = end;
    } else if (event instanceof RunEvent.StopRequested stop) {
      stopping = stop.failure();
    } else if (event instanceof RunEvent.OutputPublished output) {
      outputsInAll++;
      if (outputs.size() < KEPT) {
        outputs.add(output);
      }
    } else if (event instanceof RunEvent.OutputLeft output) {
      left = output;
    } else if (event instanceof RunEvent.PublishStarted) {
      published = true;
    } else if (event instanceof RunEvent.OutputsRemoved gone) {
      removed = gone;
    } else if (event instanceof RunEvent.SettlementFinished settled) {
      settlement = settled;
    } else {
      addStage(stamped, event);
    }
  }

  private void addStage(StampedEvent stamped, RunEvent event) {
    if (event instanceof RunEvent.StageExpanded expanded) {
      stage(expanded.stage()).total = expanded.fragments();
    } else if (event instanceof RunEvent.FragmentsReused reused) {
      stage(reused.stage()).done += reused.fragments().size();
    } else if (event instanceof RunEvent.StageReused reused) {
      stage(reused.stage()).reused = reused.reused();
    } else if (event instanceof RunEvent.ChecksQueued checks) {
      stage(checks.stage()).done -= checks.fragments().size();
    } else if (event instanceof RunEvent.FragmentsCopied copied) {
      stage(copied.stage()).copied += copied.fragments().size();
    } else if (event instanceof RunEvent.StageEnough enough) {
      stage(enough.stage()).cut = true;
      this.enough.put(enough.stage(), enough);
    } else if (event instanceof RunEvent.BatchStarted batch) {
      batches.put(batch.batch(), batch);
      var stage = stage(batch.stage());
      stage.running += batch.fragments().size();
      stage.begun = stage.begun == null ? stamped.at() : stage.begun;
      worked.add(machines.getOrDefault(batch.rental(), ""));
    } else if (event instanceof RunEvent.RentalEnding ending && ending.forBudget()) {
      tooDear.add(machines.getOrDefault(ending.rental(), ""));
    } else if (event instanceof RunEvent.BatchFinished batch) {
      batchFinished(batch);
    } else if (event instanceof RunEvent.FragmentRequeued requeued) {
      stage(requeued.stage()).retried++;
    } else if (event instanceof RunEvent.FragmentFailed failed) {
      var stage = stage(failed.stage());
      stage.failed++;
      stage.computed++;
      var provider = lastProvider.remove(key(failed.stage(), failed.fragment()));
      failures.add(failed.stage(), failed.failure(), new FailedFragment(failed, provider));
    } else if (event instanceof RunEvent.StageCut cut) {
      stage(cut.stage()).cut = true;
    } else if (event instanceof RunEvent.PartMade part) {
      parts.add(part);
    } else if (event instanceof RunEvent.MergeStarted merge) {
      stage(merge.stage()).merging = true;
    } else if (event instanceof RunEvent.MergeFinished merge) {
      stage(merge.stage()).merging = false;
    } else if (event instanceof RunEvent.ValueFound found) {
      values.put(found.stage(), found.value());
    } else if (event instanceof RunEvent.StageFinished end) {
      var stage = stage(end.stage());
      stage.finished = true;
      stage.done = end.done();
    } else {
      addMarket(event);
    }
  }

  /** How many providers were rented and let go, because the budget did not pay for any work. */
  int heldBack() {
    return (int) tooDear.stream().filter(each -> !worked.contains(each)).count();
  }

  private void addMarket(RunEvent event) {
    if (event instanceof RunEvent.ProposalReceived proposal) {
      offers.received(proposal);
    } else if (event instanceof RunEvent.ProposalRejected rejected) {
      offers.rejected(rejected);
    } else if (event instanceof RunEvent.StartFailed) {
      offers.startFailed();
    } else if (event instanceof RunEvent.AgreementCreated) {
      offers.agreementCreated();
    } else if (event instanceof RunEvent.AgreementApproved approved) {
      offers.agreementApproved();
      names.put(approved.providerId(), approved.providerName());
      agreements.add(approved.agreementId());
    } else if (event instanceof RunEvent.AgreementTerminated ended) {
      agreements.remove(ended.agreementId());
      starting.remove(ended.agreementId());
    } else if (event instanceof RunEvent.ActivityCreated activity) {
      starting.put(activity.agreementId(), new RunEvent.ImageArriving("", 0, 0));
    } else if (event instanceof RunEvent.ImageArriving image) {
      starting.replace(image.agreementId(), image);
    } else if (event instanceof RunEvent.ActivityDestroyed activity) {
      starting.remove(activity.agreementId());
    } else if (event instanceof RunEvent.AgreementRejected rejected) {
      offers.agreementRejected(rejected.reason());
    } else if (event instanceof RunEvent.RentalRequested) {
      wanted++;
    } else if (event instanceof RunEvent.RentalOpened opened) {
      wanted--;
      notRented = null;
      machines.put(opened.rental(), opened.providerName());
      starting.remove(opened.agreementId());
    } else if (event instanceof RunEvent.RentalFailed failed) {
      wanted--;
      notRented = failed.failure().message();
    } else if (event instanceof RunEvent.RentalClosed closed) {
      machines.remove(closed.rental());
    } else if (event instanceof RunEvent.AllocationRequested) {
      asked = true;
    } else if (event instanceof RunEvent.AllocationCreated allocation) {
      allocated = allocation.amount();
      allocationId = allocation.allocationId();
    } else if (event instanceof RunEvent.AllocationReleased) {
      allocationId = null;
    } else if (event instanceof RunEvent.DebitNoteAccepted note) {
      cost.debitNote(note.agreementId(), note.totalAmount());
    } else if (event instanceof RunEvent.InvoiceAccepted invoice) {
      cost.invoice(invoice.agreementId(), invoice.amount());
    }
    // The rest is for the journal: it tells how something came about, not how far the run is.
  }

  private void batchFinished(RunEvent.BatchFinished finishedBatch) {
    var batch = batches.remove(finishedBatch.batch());
    if (batch == null) {
      return;
    }
    var stage = stage(batch.stage());
    stage.running -= batch.fragments().size();
    stage.computed += finishedBatch.done().size();
    stage.done += stage.cut ? 0 : finishedBatch.done().size();
    var provider = machines.get(batch.rental());
    if (provider != null) {
      for (var failed : finishedBatch.failed()) {
        lastProvider.put(key(batch.stage(), failed.fragment()), provider);
      }
      if (finishedBatch.failure() != null && !finishedBatch.neverSent()) {
        batch
            .fragments()
            .forEach(
                index -> {
                  if (!finishedBatch.done().contains(index)
                      && lastProvider.size() < ATTEMPTS_KEPT) {
                    lastProvider.put(key(batch.stage(), index), provider);
                  }
                });
      }
    }
  }

  /** In the order of the file. */
  Collection<StageTally> stages() {
    return stages.values();
  }

  /** Whether strangers work, for money. */
  boolean onGolem() {
    return started != null && started.target().equals("golem");
  }

  /** What those are called who do the work. */
  String worker() {
    return onGolem() ? "provider" : "worker";
  }

  int machines() {
    return machines.size();
  }

  /** Machines that were found and are not ready: they fetch and start their image. */
  int starting() {
    return starting.size();
  }

  /** How much of their images they have, as far as they say so; empty if none does. */
  String arriving() {
    var bytes = starting.values().stream().mapToLong(RunEvent.ImageArriving::bytes).sum();
    var size = starting.values().stream().mapToLong(RunEvent.ImageArriving::size).sum();
    return size == 0 ? "" : ", %s there".formatted(Words.part(bytes, size));
  }

  /** Machines that are looked for. */
  int wanted() {
    return wanted;
  }

  /** Why nobody works and no machine is looked for on the network; empty on this machine. */
  String idle() {
    if (!onGolem()) {
      return "";
    }
    if (published) {
      return "paying for machines: the results are in their place";
    }
    if (!asked) {
      return "no machine is needed yet";
    }
    if (allocated == null) {
      return "reserving the budget with the daemon";
    }
    return notRented == null
        ? "no machine is needed at the moment"
        : "the market is asked again soon: " + TerminalText.safe(notRented);
  }

  Duration elapsed(Instant now) {
    return begun == null ? Duration.ZERO : Duration.between(begun, now);
  }

  String title() {
    return started == null ? "" : TerminalText.safe(started.pipeline());
  }

  /** {@code on this machine with 2 workers}. */
  String where() {
    if (started == null) {
      return "";
    }
    var workers = Words.count(started.workers(), "worker");
    return onGolem() ? "on Golem with up to " + workers : "on this machine with " + workers;
  }

  /** How many fragments of a stage are known. */
  int total(String stage) {
    return stage(stage).total;
  }

  /** The folder of the run, as the user would type it. */
  String folder() {
    return started == null ? "" : besideFile(".golem-pipeline/runs/" + started.runId());
  }

  String log(String log) {
    return TerminalText.safe(folder() + "/" + log);
  }

  /** The command that makes a folder of a fragment, as the user would type it. */
  String repro(String stage, int fragment) {
    var file = started == null ? "FILE" : started.file();
    return TerminalText.safe(
        "golem-pipeline repro %s/%d %s".formatted(stage, fragment, ShellWord.of(file)));
  }

  /** The command that makes a page of the run, as the user would type it. */
  String report() {
    var folder = besideFile("");
    var place = folder.isEmpty() ? "" : " --in " + ShellWord.of(folder);
    var id = started == null ? "last" : started.runId();
    return TerminalText.safe("golem-pipeline report %s%s".formatted(id, place));
  }

  /** What stays behind if everything ends at this moment, a sentence each. */
  List<String> leftOpen() {
    var sentences = new ArrayList<String>();
    if (started == null) {
      return sentences;
    }
    if (!onGolem()) {
      sentences.add("Ended at once; nothing is owed to anybody.");
      return sentences;
    }
    if (!agreements.isEmpty()) {
      sentences.add(
          "Ended at once. %s: %s."
              .formatted(
                  agreements.size() == 1
                      ? "1 agreement is still open and may bill until its provider ends it"
                      : "%d agreements are still open and may bill until their providers end them"
                          .formatted(agreements.size()),
                  String.join(", ", agreements)));
    }
    if (allocationId != null) {
      sentences.add(
          "The allocation %s is still reserved; `golem-pipeline settle %s` ends, pays and releases."
              .formatted(allocationId, started.runId()));
    }
    sentences.add("The journal has all of it: %s/journal.ndjson".formatted(folder()));
    return sentences;
  }

  /** A path relative to the pipeline file, as the user would type it. */
  String besideFile(String path) {
    if (started == null) {
      return path;
    }
    var slash = started.file().replace('\\', '/').lastIndexOf('/');
    return slash < 0 ? path : started.file().substring(0, slash + 1) + path;
  }

  /** What a provider calls itself; its id if that is all that is known. */
  String provider(String id) {
    return names.getOrDefault(id, id);
  }

  StageTally stage(String name) {
    return stages.computeIfAbsent(name, StageTally::new);
  }

  private static String key(String stage, int fragment) {
    return stage + "/" + fragment;
  }
}
