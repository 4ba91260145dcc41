package org.golempipeline.provider;

import static org.golempipeline.golem.wire.PropertyNames.DEBIT_NOTE_INTERVAL;
import static org.golempipeline.golem.wire.PropertyNames.EXPIRATION;
import static org.golempipeline.golem.wire.PropertyNames.MULTI_ACTIVITY;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.golempipeline.exeunit.ExeUnits;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.wire.ActivityState;
import org.golempipeline.golem.wire.Agreement;
import org.golempipeline.golem.wire.DebitNoteEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of an agreement that we signed: one activity at a time, debit notes, its end by either
 * side, its invoice. On the desk's thread.
 */
final class AgreementWork {
  private static final Logger LOG = LoggerFactory.getLogger(AgreementWork.class);
  private static final Duration IDLE_LIMIT = Duration.ofSeconds(90);
  private static final Duration USUAL_INTERVAL = Duration.ofMinutes(2);
  private static final Duration TERMINATE_PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final Duration TERMINATE_WAIT = Duration.ofSeconds(10);

  private final Desk desk;
  private final ExeUnits units;
  private final Executor executor;
  private final Agreement agreement;
  private final Bills bills;
  private final Instant signed;
  private final Map<String, Activity> activities = new LinkedHashMap<>();
  private final List<CompletableFuture<BigDecimal>> billed = new ArrayList<>();
  private final CompletableFuture<Void> idle = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  /** The activity that runs; there is one at most. */
  private @Nullable String running;

  /** All of which we were told anything: what is told twice, or too late, changes nothing. */
  private final Set<String> known = new HashSet<>();

  private int started;
  private boolean ending;

  /**
   * @param executor for what blocks
   */
  AgreementWork(Desk desk, ExeUnits units, Executor executor, Agreement agreement) {
    this.desk = desk;
    this.units = units;
    this.executor = executor;
    this.agreement = agreement;
    bills = new Bills(desk, agreement, this::breakOff);
    signed = agreement.timestamp() == null ? desk.now() : agreement.timestamp();
  }

  String id() {
    return agreement.agreementId();
  }

  /** Completes when its machine is free for another agreement. */
  CompletableFuture<Void> idle() {
    return idle;
  }

  /** Completes when nothing is left to do for it. */
  CompletableFuture<Void> closed() {
    return closed;
  }

  /** Whether there was an activity. */
  boolean hasBegun() {
    return started > 0;
  }

  /** Both sides have signed. */
  void approved() {
    assert desk.isHere();
    desk.say(new ProviderEvent.AgreementApproved(id(), agreement.demand().requestorId()));
    watchIdle();
    nextNote();
    if (agreement.demand().properties().get(EXPIRATION) instanceof Number millis) {
      Duration left = Duration.between(desk.now(), Instant.ofEpochMilli(millis.longValue()));
      var unused = desk.after(left, () -> breakOff(EndCode.EXPIRED));
    }
  }

  private void watchIdle() {
    int before = started;
    var unused =
        desk.after(
            IDLE_LIMIT,
            () -> {
              if (running == null && started == before) {
                breakOff(EndCode.NO_ACTIVITY);
              }
            });
  }

  /** Debit notes come at the agreed interval, counted from the signing. */
  private void nextNote() {
    Duration interval =
        agreement.offer().properties().get(DEBIT_NOTE_INTERVAL) instanceof Number seconds
            ? Duration.ofMillis((long) (seconds.doubleValue() * 1000))
            : USUAL_INTERVAL;
    long passed = Math.max(0, Duration.between(signed, desk.now()).toNanos());
    Duration next = Duration.ofNanos(interval.toNanos() - passed % interval.toNanos());
    var unused =
        desk.after(
            next,
            () -> {
              if (!ending) {
                if (running != null) {
                  bills.interim(running);
                }
                nextNote();
              }
            });
  }

  void create(String activityId) {
    assert desk.isHere();
    if (!known.add(activityId)) {
      return;
    }
    if (ending || running != null) {
      refuse(activityId, ending ? "creation failed" : "Only single Activity allowed");
      return;
    }
    running = activityId;
    started++;
    desk.journal.started(id(), activityId);
    activities.put(activityId, Activity.start(desk, units, executor, activityId, agreement));
    desk.say(new ProviderEvent.ActivityStarted(activityId, id()));
  }

  private void refuse(String activityId, String reason) {
    var unused = terminated(desk, activityId, reason);
  }

  /** Tells the daemon that an activity without an exe-unit is over. */
  private static CompletableFuture<Boolean> terminated(
      Desk desk, String activityId, String reason) {
    return desk.insist(
        TERMINATE_PAUSE,
        LONGEST_PAUSE,
        problem -> problem.status() >= 400 && problem.status() < 500,
        () ->
            desk.calls.put(
                "end an activity",
                "/activity-api/v1/activity/" + activityId + "/state",
                new ActivityState(Arrays.asList("Terminated", null), reason, null)));
  }

  void answered(DebitNoteEvent event) {
    bills.answered(event);
  }

  void destroy(String activityId) {
    assert desk.isHere();
    known.add(activityId);
    Activity activity = activities.remove(activityId);
    if (activity == null) {
      return;
    }
    CompletableFuture<BigDecimal> bill =
        activity.end("Finished").thenCompose(ended -> bills.last(activityId));
    billed.add(bill);
    desk.then(
        bill,
        cost -> desk.say(new ProviderEvent.ActivityEnded(activityId, cost)),
        problem -> LOG.warn("activity {} is not billed", activityId, problem));
    var unused = activity.end("Finished").thenRun(() -> desk.run(() -> over(activityId)));
  }

  private void over(String activityId) {
    if (activityId.equals(running)) {
      running = null;
    }
    if (ending) {
      return;
    }
    if (Boolean.TRUE.equals(agreement.demand().properties().get(MULTI_ACTIVITY))) {
      watchIdle();
    } else {
      breakOff(EndCode.SUCCESS);
    }
  }

  /** Somebody, perhaps we, ended it. */
  void terminated(String by, String reason) {
    if (!ending) {
      ending = true;
      desk.say(new ProviderEvent.AgreementEnded(id(), by, reason));
      wind();
    }
  }

  /** We end it: at once here, at the requestor as soon as that can be reached. */
  void breakOff(EndCode code) {
    if (ending) {
      return;
    }
    ending = true;
    desk.say(new ProviderEvent.AgreementEnded(id(), "Provider", code.message()));
    var unused = terminate(desk, id(), code);
    wind();
  }

  private static CompletableFuture<Boolean> terminate(Desk desk, String id, EndCode code) {
    return desk.insist(
        TERMINATE_PAUSE,
        LONGEST_PAUSE,
        CallFailure::isGone,
        () ->
            desk.calls.post(
                "end an agreement",
                "/market-api/v1/agreements/" + id + "/terminate",
                code.reason(),
                TERMINATE_WAIT));
  }

  /** Ends what runs, and bills it all. */
  private void wind() {
    assert desk.isHere();
    CompletableFuture<?>[] ends =
        activities.values().stream()
            .map(each -> each.end("Finished"))
            .toArray(CompletableFuture[]::new);
    List.copyOf(activities.keySet()).forEach(this::destroy);
    var unused = CompletableFuture.allOf(ends).thenRun(() -> idle.complete(null));
    var all =
        CompletableFuture.allOf(billed.toArray(CompletableFuture[]::new))
            .handle((done, problem) -> bills.invoice())
            .thenCompose(each -> each);
    desk.then(all, sent -> close(), problem -> giveUp(problem));
  }

  private void close() {
    assert desk.isHere();
    desk.journal.closed(id());
    closed.complete(null);
  }

  private void giveUp(CallFailure problem) {
    desk.say(
        new ProviderEvent.Trouble(
            "agreement %s is not billed: %s".formatted(id(), problem.reason())));
    close();
  }

  /** Ends and bills what an earlier start left of an agreement. */
  void recover(Journal.Left left) {
    ending = true;
    idle.complete(null);
    desk.say(new ProviderEvent.LeftOver(id()));
    if (agreement.state().equals("Approved")) {
      var unused = terminate(desk, id(), EndCode.SHUTDOWN);
    }
    String invoice = left.invoice();
    if (invoice != null) {
      desk.then(bills.send(invoice), sent -> close(), problem -> giveUp(problem));
      return;
    }
    for (String activity : left.activities()) {
      billed.add(
          terminated(desk, activity, "execution aborted")
              .handle((told, problem) -> bills.last(activity))
              .thenCompose(each -> each));
    }
    wind();
  }
}
