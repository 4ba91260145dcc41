package org.golempipeline.provider;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.golempipeline.exeunit.ExeUnits;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.wire.ActivityEvent;
import org.golempipeline.golem.wire.Agreement;
import org.golempipeline.golem.wire.AgreementEvent;
import org.golempipeline.golem.wire.DebitNoteEvent;
import org.golempipeline.golem.wire.MarketEvent;
import org.golempipeline.golem.wire.Proposal;
import org.golempipeline.golem.wire.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who we negotiate with and work for. On the desk's thread. */
final class Agreements {
  private static final Logger LOG = LoggerFactory.getLogger(Agreements.class);
  private static final String MARKET = "/market-api/v1";
  private static final String IS_FINAL = "golem.proposal.rejection.is-final";
  private static final Duration APPROVE_WAIT = Duration.ofSeconds(10);
  private static final Duration ANSWER_WAIT = Duration.ofSeconds(10);

  private final Desk desk;
  private final ExeUnits units;
  private final Executor executor;
  private final Negotiator negotiator;
  private final OfferTemplate offer;
  private final int most;
  private final Runnable room;

  /** All that hold a place: signed or about to be, and not yet free of activities. */
  private final Map<String, AgreementWork> busy = new LinkedHashMap<>();

  /** All for which something is left to do. */
  private final Map<String, AgreementWork> open = new LinkedHashMap<>();

  /** Somebody was rejected only because there was no room. */
  private boolean turnedAway;

  private boolean closing;

  /**
   * @param executor for what blocks
   * @param most agreements at a time
   * @param room told when there is room again for somebody who was turned away
   */
  Agreements(
      Desk desk, ExeUnits units, Executor executor, OfferTemplate offer, int most, Runnable room) {
    this.desk = desk;
    this.units = units;
    this.executor = executor;
    this.offer = offer;
    this.most = most;
    this.room = room;
    negotiator = new Negotiator(offer, most);
  }

  /** What the market brings to our offer, whose proposals are below {@code proposals}. */
  void handle(MarketEvent event, String proposals) {
    assert desk.isHere();
    if (event instanceof MarketEvent.ProposalEvent proposed) {
      negotiate(proposed.proposal(), proposals);
    } else if (event instanceof MarketEvent.AgreementProposed proposed) {
      sign(proposed.agreement());
    } else {
      LOG.debug("{}", event);
    }
  }

  private void negotiate(Proposal proposal, String proposals) {
    Negotiator.Answer answer = negotiator.answer(proposal.properties(), busy.size(), desk.now());
    String path = proposals + proposal.proposalId();
    if (answer.objection().isPresent()) {
      Negotiator.Objection objection = answer.objection().get();
      turnedAway |= busy.size() >= most;
      desk.say(new ProviderEvent.ProposalRejected(proposal.issuerId(), objection.message()));
      log(desk.calls.post("reject a proposal", path + "/reject", reason(objection), ANSWER_WAIT));
      return;
    }
    log(
        desk.calls.post(
            "answer a proposal", path, offer.request(answer.offer(), desk.now()), ANSWER_WAIT));
  }

  private static Reason reason(Negotiator.Objection objection) {
    return Reason.of(objection.message()).with(IS_FINAL, objection.isFinal());
  }

  private static void log(CompletableFuture<Boolean> answer) {
    var unused =
        answer.exceptionally(
            problem -> {
              LOG.debug("an answer did not arrive", problem);
              return false;
            });
  }

  private void sign(Agreement agreement) {
    String id = agreement.agreementId();
    Optional<Negotiator.Objection> objection =
        closing
            ? Optional.of(new Negotiator.Objection(EndCode.SHUTDOWN.message(), false))
            : negotiator.objection(
                agreement.demand().properties(),
                agreement.offer().properties(),
                busy.size(),
                desk.now());
    if (objection.isPresent()) {
      desk.say(new ProviderEvent.AgreementRejected(id, objection.get().message()));
      log(
          desk.calls.post(
              "reject an agreement",
              MARKET + "/agreements/" + id + "/reject",
              reason(objection.get()),
              ANSWER_WAIT));
      return;
    }
    // An activity may come before the answer does.
    desk.journal.signed(id);
    AgreementWork work = new AgreementWork(desk, units, executor, agreement);
    hold(work);
    desk.then(
        desk.calls.post(
            "approve an agreement",
            MARKET + "/agreements/" + id + "/approve?appSessionId=" + desk.session,
            null,
            APPROVE_WAIT),
        signed -> work.approved(),
        problem -> unanswered(work, problem));
  }

  /** The daemon may have done it, or do it now: then activities come. */
  private void unanswered(AgreementWork work, CallFailure problem) {
    boolean unsure = problem.arrival() == CallFailure.Arrival.UNKNOWN || problem.status() >= 500;
    if (work.hasBegun()) {
      work.approved();
    } else if (unsure) {
      desk.then(
          read(work.id()),
          agreement -> {
            if (isSigned(agreement) || work.hasBegun()) {
              work.approved();
            } else {
              notSigned(work, problem);
            }
          },
          unknown -> notSigned(work, problem));
    } else {
      notSigned(work, problem);
    }
  }

  private void notSigned(AgreementWork work, CallFailure problem) {
    desk.say(new ProviderEvent.AgreementRejected(work.id(), problem.reason()));
    free(work);
    open.remove(work.id());
    desk.journal.closed(work.id());
  }

  private void hold(AgreementWork work) {
    busy.put(work.id(), work);
    open.put(work.id(), work);
    var unused = work.idle().thenRun(() -> desk.run(() -> free(work)));
    unused = work.closed().thenRun(() -> desk.run(() -> open.remove(work.id())));
  }

  private void free(AgreementWork work) {
    assert desk.isHere();
    busy.remove(work.id());
    if (turnedAway && !closing) {
      turnedAway = false;
      room.run();
    }
  }

  void handle(ActivityEvent event) {
    AgreementWork work = open.get(event.agreementId());
    if (work == null) {
      LOG.debug("{} of an agreement that is not ours", event);
    } else if (event.is(ActivityEvent.CREATE)) {
      work.create(event.activityId());
    } else if (event.is(ActivityEvent.DESTROY)) {
      work.destroy(event.activityId());
    }
  }

  void handle(AgreementEvent event) {
    AgreementWork work = open.get(event.agreementId());
    if (work != null && event.eventType().equals(AgreementEvent.TERMINATED)) {
      Reason reason = event.reason();
      work.terminated(String.valueOf(event.terminator()), reason == null ? "" : reason.message());
    }
  }

  /** It does not say which agreement the note belongs to. */
  void handle(DebitNoteEvent event) {
    open.values().forEach(work -> work.answered(event));
  }

  /** Ends and bills what an earlier start left. */
  void recover() {
    for (Journal.Left each : desk.journal.left()) {
      desk.then(
          read(each.agreement()),
          agreement -> recover(agreement, each),
          unknown -> desk.journal.closed(each.agreement()));
    }
  }

  /** Until the daemon answers. */
  private CompletableFuture<Agreement> read(String id) {
    return desk.insist(
        Duration.ofSeconds(1),
        Duration.ofMinutes(1),
        CallFailure::isGone,
        () -> desk.calls.get("read an agreement", MARKET + "/agreements/" + id, Agreement.class));
  }

  private static boolean isSigned(Agreement agreement) {
    return List.of("Approved", "Terminated").contains(agreement.state());
  }

  private void recover(Agreement agreement, Journal.Left left) {
    if (!isSigned(agreement)) {
      desk.journal.closed(left.agreement());
      return;
    }
    AgreementWork work = new AgreementWork(desk, units, executor, agreement);
    open.put(work.id(), work);
    var unused = work.closed().thenRun(() -> desk.run(() -> open.remove(work.id())));
    work.recover(left);
  }

  /** Ends all; completes when nothing is left to do for any. */
  CompletableFuture<Void> close() {
    CompletableFuture<Void> all = new CompletableFuture<>();
    desk.run(
        () -> {
          closing = true;
          List<AgreementWork> last = List.copyOf(open.values());
          last.forEach(each -> each.breakOff(EndCode.SHUTDOWN));
          var unused =
              CompletableFuture.allOf(
                      last.stream().map(AgreementWork::closed).toArray(CompletableFuture[]::new))
                  .thenRun(() -> all.complete(null));
        });
    return all;
  }
}
