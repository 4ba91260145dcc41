package org.golempipeline.report;

import java.time.Duration;
import java.util.Optional;
import java.util.StringJoiner;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;

/**
 * Every event of a run in words, for who wants to see all of it. A run on this machine is told of
 * without the market that its workers come from. Machines and scripts are numbered as in the
 * journal.
 */
final class EventText {
  private static final int FRAGMENTS_SHOWN = 60;

  private final RunTally tally;

  EventText(RunTally tally) {
    this.tally = tally;
  }

  /** A line, safe to be shown; empty for what belongs to a market that the user does not use. */
  Optional<String> of(RunEvent event) {
    return Optional.of(tally.onGolem() || !isMarket(event) ? text(event) : "")
        .filter(text -> !text.isEmpty())
        .map(TerminalText::safe);
  }

  private static boolean isMarket(RunEvent event) {
    return event instanceof RunEvent.AllocationRequested
        || event instanceof RunEvent.AllocationCreated
        || event instanceof RunEvent.AllocationReleased
        || event instanceof RunEvent.DemandSubscribed
        || event instanceof RunEvent.DemandUnsubscribed
        || event instanceof RunEvent.ProposalReceived
        || event instanceof RunEvent.ProposalRejected
        || event instanceof RunEvent.AgreementCreated
        || event instanceof RunEvent.AgreementApproved
        || event instanceof RunEvent.AgreementRejected
        || event instanceof RunEvent.AgreementTerminated
        || event instanceof RunEvent.ActivityCreated
        || event instanceof RunEvent.ImageArriving
        || event instanceof RunEvent.ActivityDestroyed
        || event instanceof RunEvent.DebitNoteAccepted
        || event instanceof RunEvent.InvoiceAccepted
        || event instanceof RunEvent.DocumentRefused
        || event instanceof RunEvent.SettlementFinished;
  }

  private String text(RunEvent event) {
    if (event instanceof RunEvent.RunStarted run) {
      return "run %s begins".formatted(run.runId());
    } else if (event instanceof RunEvent.StageExpanded stage) {
      return "%s: has %s".formatted(stage.stage(), Words.count(stage.fragments(), "fragment"));
    } else if (event instanceof RunEvent.FragmentsReused reused) {
      return "%s: earlier runs left %s".formatted(reused.stage(), fragments(reused.fragments()));
    } else if (event instanceof RunEvent.StageReused reused) {
      return "%s: %s to compute"
          .formatted(reused.stage(), Words.count(reused.others(), "fragment"));
    } else if (event instanceof RunEvent.FragmentRequeued again) {
      return "%s: fragment %d goes into attempt %d"
          .formatted(again.stage(), again.fragment(), again.attempt());
    } else if (event instanceof RunEvent.FragmentsCopied copied) {
      return "%s: computed a second time beside what is slow: %s"
          .formatted(copied.stage(), fragments(copied.fragments()));
    } else if (event instanceof RunEvent.ChecksQueued checks) {
      return "%s: computed again elsewhere to compare: %s"
          .formatted(checks.stage(), fragments(checks.fragments()));
    } else if (event instanceof RunEvent.FragmentFailed failed) {
      return "%s: %s is given up after %s: %s"
          .formatted(
              failed.stage(),
              failed.label(),
              Words.count(failed.attempts(), "attempt"),
              failed.failure().message());
    } else if (event instanceof RunEvent.StageCut cut) {
      return "%s: fragment %d is the first result, the rest is not needed"
          .formatted(cut.stage(), cut.winner());
    } else if (event instanceof RunEvent.StageEnough enough) {
      return "%s: enough with %s, without %s"
          .formatted(
              enough.stage(), Words.count(enough.done(), "fragment"), fragments(enough.missing()));
    } else if (event instanceof RunEvent.PartMade part) {
      return "%s: the result will be partial, without %s"
          .formatted(part.stage(), fragments(part.missing()));
    } else if (event instanceof RunEvent.MergeStarted merge) {
      return "%s: merging".formatted(merge.stage());
    } else if (event instanceof RunEvent.MergeFinished merge) {
      return "%s: merged into %s, %s"
          .formatted(merge.stage(), Words.count(merge.files(), "file"), Words.size(merge.bytes()));
    } else if (event instanceof RunEvent.ValueFound found) {
      return "%s: the value is %s".formatted(found.stage(), found.value());
    } else if (event instanceof RunEvent.StageFinished end) {
      return "%s: finished, %d done, %d failed".formatted(end.stage(), end.done(), end.failed());
    }
    return machines(event);
  }

  private String machines(RunEvent event) {
    var worker = tally.worker();
    if (event instanceof RunEvent.RentalRequested wanted) {
      return "%s %d: wanted, with %s".formatted(worker, wanted.rental(), wanted.image());
    } else if (event instanceof RunEvent.RentalOpened opened) {
      return "%s %d: ready, %s with %s"
          .formatted(
              worker,
              opened.rental(),
              opened.providerName(),
              Words.count(opened.threads(), "thread"));
    } else if (event instanceof RunEvent.RentalFailed failed) {
      return "%s %d: not to be had: %s"
          .formatted(worker, failed.rental(), failed.failure().message());
    } else if (event instanceof RunEvent.RentalEnding ending) {
      return "%s %d: let go: %s".formatted(worker, ending.rental(), ending.reason());
    } else if (event instanceof RunEvent.RentalClosed closed) {
      return "%s %d: gone".formatted(worker, closed.rental());
    } else if (event instanceof RunEvent.BatchStarted batch) {
      return "script %d: to %s %d with %s of stage %s"
          .formatted(
              batch.batch(), worker, batch.rental(), fragments(batch.fragments()), batch.stage());
    } else if (event instanceof RunEvent.BatchFinished batch) {
      return came(batch);
    } else if (event instanceof RunEvent.StartFailed failed) {
      return "not started: %s %s: %s".formatted(worker, failed.providerName(), failed.reason());
    } else if (event instanceof RunEvent.ProviderPaused paused) {
      return "%s %s is left alone until %s"
          .formatted(worker, tally.provider(paused.providerId()), paused.until());
    } else if (event instanceof RunEvent.ProviderBanned banned) {
      return "%s %s is banned".formatted(worker, banned.providerId());
    } else if (event instanceof RunEvent.FilesServed served) {
      return "fetched from this machine: %s in %s"
          .formatted(
              Words.size(served.bytes()), Words.duration(Duration.ofMillis(served.milliseconds())));
    } else if (event instanceof RunEvent.ProgramsChosen chosen) {
      return Words.programs(chosen, tally.onGolem());
    }
    return market(event);
  }

  private static String came(RunEvent.BatchFinished batch) {
    if (batch.neverSent()) {
      return "script %d: not needed any more".formatted(batch.batch());
    }
    var text = new StringJoiner(", ");
    text.add(
        "script %d: back after %s"
            .formatted(batch.batch(), Words.duration(Duration.ofMillis(batch.milliseconds()))));
    text.add(Words.size(batch.bytesSent()) + " sent");
    text.add(Words.size(batch.bytesReceived()) + " received");
    text.add(Words.count(batch.done().size(), "fragment") + " done");
    for (var failed : batch.failed()) {
      text.add("fragment %d failed: %s".formatted(failed.fragment(), failed.failure().message()));
    }
    if (batch.failure() != null) {
      text.add("not all of it: " + batch.failure().message());
    }
    return text.toString();
  }

  private String market(RunEvent event) {
    if (event instanceof RunEvent.AllocationRequested asked) {
      return "allocation: asked for %s".formatted(Words.glm(asked.amount()));
    } else if (event instanceof RunEvent.AllocationCreated made) {
      return "allocation %s: %s reserved".formatted(made.allocationId(), Words.glm(made.amount()));
    } else if (event instanceof RunEvent.AllocationReleased released) {
      return "allocation %s: released".formatted(released.allocationId());
    } else if (event instanceof RunEvent.DemandSubscribed demand) {
      return "demand %s: published".formatted(demand.demandId());
    } else if (event instanceof RunEvent.DemandUnsubscribed demand) {
      return "demand %s: taken back".formatted(demand.demandId());
    } else if (event instanceof RunEvent.ProposalReceived proposal) {
      return "%s from %s, %s"
          .formatted(
              proposal.draft() ? "answer" : "offer",
              proposal.providerName(),
              proposal.providerId());
    } else if (event instanceof RunEvent.ProposalRejected rejected) {
      return "%s %s: %s"
          .formatted(
              rejected.byProvider() ? "refused by" : "refused",
              rejected.providerId(),
              rejected.reason());
    } else if (event instanceof RunEvent.AgreementCreated agreement) {
      return "agreement %s: proposed to %s"
          .formatted(agreement.agreementId(), agreement.providerId());
    } else if (event instanceof RunEvent.AgreementApproved agreement) {
      return "agreement %s: approved by %s"
          .formatted(agreement.agreementId(), agreement.providerName());
    } else if (event instanceof RunEvent.AgreementRejected agreement) {
      return "agreement %s: not approved: %s"
          .formatted(agreement.agreementId(), agreement.reason());
    } else if (event instanceof RunEvent.AgreementTerminated agreement) {
      return "agreement %s: ended by %s: %s"
          .formatted(
              agreement.agreementId(),
              agreement.byProvider() ? "the provider" : "us",
              agreement.reason());
    } else if (event instanceof RunEvent.ActivityCreated activity) {
      return "activity %s: made under agreement %s"
          .formatted(activity.activityId(), activity.agreementId());
    } else if (event instanceof RunEvent.ImageArriving image) {
      return "agreement %s: %s of the image there"
          .formatted(image.agreementId(), Words.part(image.bytes(), image.size()));
    } else if (event instanceof RunEvent.ActivityDestroyed activity) {
      return "activity %s: ended".formatted(activity.activityId());
    } else if (event instanceof RunEvent.DebitNoteAccepted note) {
      return "debit note %s of agreement %s: accepted, %s so far"
          .formatted(note.debitNoteId(), note.agreementId(), Words.glm(note.totalAmount()));
    } else if (event instanceof RunEvent.InvoiceAccepted invoice) {
      return "invoice %s of agreement %s: accepted, %s"
          .formatted(invoice.invoiceId(), invoice.agreementId(), Words.glm(invoice.amount()));
    } else if (event instanceof RunEvent.DocumentRefused document) {
      return "bill %s of agreement %s: not accepted: %s"
          .formatted(document.documentId(), document.agreementId(), document.reason());
    } else if (event instanceof RunEvent.SettlementFinished settled) {
      return "settled: %s of %s accepted"
          .formatted(Words.glm(settled.accepted()), Words.count(settled.agreements(), "agreement"));
    }
    return results(event);
  }

  private static String results(RunEvent event) {
    if (event instanceof RunEvent.PublishStarted publish) {
      return "publishing %s".formatted(Words.count(publish.files(), "file"));
    } else if (event instanceof RunEvent.OutputPublished output) {
      return "%s: published %s, %s"
          .formatted(output.stage(), output.path(), Words.size(output.bytes()));
    } else if (event instanceof RunEvent.OutputLeft output) {
      return "%s: fragment %d left in %s"
          .formatted(output.stage(), output.fragment(), output.path());
    } else if (event instanceof RunEvent.OutputsRemoved gone) {
      return "removed %s of earlier runs".formatted(Words.count(gone.files(), "result"));
    } else if (event instanceof RunEvent.Warned warned) {
      return "warning: " + warned.message();
    } else if (event instanceof RunEvent.StrategyWarned warned) {
      return "warning: stage %s, %s: %s"
          .formatted(warned.stage(), warned.strategy(), warned.message());
    } else if (event instanceof RunEvent.StopRequested stop) {
      return "stopping: " + stop.failure().message();
    } else if (event instanceof RunEvent.RunFinished end) {
      return "run ends with exit code %d".formatted(end.exitCode());
    }
    throw new AssertionError(event);
  }

  /** {@code fragments 0-499,502}, not all of very many spans. */
  private static String fragments(FragmentSet fragments) {
    return (fragments.size() == 1 ? "fragment " : "fragments ")
        + Words.spans(fragments, FRAGMENTS_SHOWN);
  }
}
