package org.golempipeline.golem.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.Script;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.http.Caller;
import org.golempipeline.golem.http.Calls;
import org.golempipeline.golem.http.EventStream;
import org.golempipeline.golem.http.Failures;
import org.golempipeline.golem.wire.ActivityState;
import org.golempipeline.golem.wire.CommandResult;
import org.golempipeline.golem.wire.ExeScript;
import org.golempipeline.golem.wire.RuntimeEvent;
import org.jspecify.annotations.Nullable;

/**
 * One batch on its way through an activity: sent, followed by polling, and by the event stream if
 * it takes longer than a moment; watched by two clocks. Lives on the loop.
 */
final class Batch {
  private static final Duration SEND_POLL = Duration.ofSeconds(20);

  /** Most scripts end within this, and for those the event stream would cost more than they do. */
  private static final Duration FIRST_POLL = Duration.ofSeconds(2);

  private static final Duration POLL = Duration.ofSeconds(5);
  private static final int TOLERATED_FAILURES = 5;

  /** What daemons say of a call that nobody is registered for. */
  private static final String NOBODY_THERE = "endpoint address not found";

  /**
   * A machine that lives answers every poll, whatever it does: with what there is when the poll's
   * time is over. In peer-to-peer networks nothing but time tells that one does not live any more:
   * every call then ends with 408. So long a silence is no hiccup of the network.
   */
  private static final Duration SILENCE = Duration.ofMinutes(1);

  private static final int SILENT_POLLS = 3;
  private static final int LONGEST_LINE = 64 << 10;

  private final Session session;
  private final String provider;
  private final String activityId;
  private final ExeScript script;
  private final Duration limit;
  private final Duration idleLimit;
  private final Script.Watcher watcher;
  private final CompletableFuture<List<CommandResult>> done = new CompletableFuture<>();
  private final StringBuilder line = new StringBuilder();
  private final Duration silence;
  private final long begin;
  private volatile long lastSign;
  private long lastAnswer;
  private int silentPolls;
  private @Nullable String batchId;
  private @Nullable EventStream stream;
  private @Nullable CompletableFuture<?> pending;
  private int finished;
  private int failures;
  private boolean polledOnce;

  Batch(
      Session session,
      String provider,
      String activityId,
      ExeScript script,
      Duration limit,
      Duration idleLimit,
      Script.Watcher watcher) {
    this(session, provider, activityId, script, limit, idleLimit, watcher, SILENCE);
  }

  /**
   * @param silence a machine that does not answer for so long is lost
   */
  Batch(
      Session session,
      String provider,
      String activityId,
      ExeScript script,
      Duration limit,
      Duration idleLimit,
      Script.Watcher watcher,
      Duration silence) {
    this.session = session;
    this.provider = provider;
    this.activityId = activityId;
    this.script = script;
    this.limit = limit;
    this.idleLimit = idleLimit;
    this.watcher = watcher;
    this.silence = silence;
    this.begin = session.nanos();
    this.lastSign = begin;
    this.lastAnswer = begin;
  }

  /**
   * Sends it. The future has a result for each command that was executed, and fails with {@link
   * GolemException} if it did not end by itself; {@code lost} ends it at once.
   */
  CompletableFuture<List<CommandResult>> start(CompletableFuture<String> lost) {
    assert session.isOnLoop();
    lost.thenAcceptAsync(
        reason -> fail(GolemException.Kind.PROVIDER, reason), session.threads().loop());
    watchClocks();
    session
        .send(Calls.exec(activityId, script, SEND_POLL))
        .whenComplete(
            (id, error) -> {
              if (id == null) {
                // It may run nevertheless; so the activity is of no use any more.
                done.completeExceptionally(
                    Failures.of(error, GolemException.Kind.PROVIDER, session.daemon()));
              } else {
                batchId = id;
                lastSign = session.nanos();
                poll(FIRST_POLL);
              }
            });
    done.whenCompleteAsync(
        (results, error) -> {
          if (pending != null) {
            pending.cancel(true);
          }
          if (stream != null) {
            stream.close();
          }
        },
        session.threads().loop());
    return done;
  }

  /** A sign of life; any thread. */
  void beat() {
    lastSign = session.nanos();
  }

  private void poll(Duration wait) {
    String id = batchId;
    if (id == null || done.isDone()) {
      return;
    }
    CompletableFuture<List<CommandResult>> answer =
        session.caller().send(Calls.results(activityId, id, wait));
    if (!wait.isZero()) {
      pending = answer;
    }
    goOn(
        answer.handleAsync(
            (results, error) -> {
              answered(id, wait, results, error);
              return true;
            },
            session.threads().loop()));
  }

  private void answered(
      String id, Duration wait, @Nullable List<CommandResult> results, @Nullable Throwable error) {
    assert session.isOnLoop();
    if (done.isDone()) {
      return;
    }
    if (results == null) {
      pollFailed(CallFailure.of("get the results", Objects.requireNonNull(error)), wait);
      return;
    }
    failures = 0;
    silentPolls = 0;
    lastAnswer = session.nanos();
    take(results);
    if (!done.isDone() && !wait.isZero()) {
      polledOnce = true;
      openStream(id);
      poll(POLL);
    }
  }

  /** Where a step goes wrong, or the session ends first, nobody would end the batch. */
  private void goOn(CompletableFuture<?> step) {
    step.whenComplete(
        (taken, error) -> {
          Throwable cause = error == null ? null : CallFailure.unwrap(error);
          if (cause instanceof CancellationException) {
            fail(GolemException.Kind.CANCELLED, "the session is over");
          } else if (cause != null) {
            fail(GolemException.Kind.PROVIDER, CallFailure.text(cause));
          }
        });
  }

  private void take(List<CommandResult> results) {
    List<CommandResult> prefix = new ArrayList<>();
    for (CommandResult result : results) {
      if (result.index() == prefix.size() && prefix.size() < script.commands().size()) {
        prefix.add(result);
      }
    }
    if (prefix.size() > finished) {
      finished = prefix.size();
      beat();
    }
    if (prefix.isEmpty()) {
      return;
    }
    CommandResult last = prefix.get(prefix.size() - 1);
    boolean failed = !CommandResult.OK.equals(last.result());
    if (failed && isBusy(last)) {
      fail(GolemException.Kind.PROVIDER, "the activity still runs something else");
    } else if (failed || prefix.size() == script.commands().size()) {
      done.complete(List.copyOf(prefix));
    }
  }

  /** 408 means again, 500 often that the provider is gone; its state tells. */
  private void pollFailed(CallFailure failure, Duration wait) {
    if (wait.isZero()) {
      return;
    }
    if (failure.status() == 408) {
      silentPolls++;
      Duration silent = session.since(Math.max(lastAnswer, lastSign));
      if (silentPolls >= SILENT_POLLS && silent.compareTo(silence) >= 0) {
        fail(GolemException.Kind.PROVIDER, "it has not answered for " + words(silence));
      } else {
        poll(POLL);
      }
      return;
    }
    if (failure.status() == 401 || failure.status() == 403 || failure.status() == 404) {
      fail(GolemException.Kind.PROVIDER, failure.reason());
      return;
    }
    failures++;
    boolean answered = failure.arrival() == CallFailure.Arrival.ANSWERED;
    if (answered && failures > TOLERATED_FAILURES) {
      fail(GolemException.Kind.PROVIDER, failure.reason());
      return;
    }
    CompletableFuture<Boolean> alive =
        answered ? isAlive(failure) : CompletableFuture.completedFuture(true);
    goOn(
        alive
            .thenCompose(yes -> session.threads().after(session.retrier().pause(failures + 1)))
            .thenRun(() -> poll(POLL)));
  }

  private CompletableFuture<Boolean> isAlive(CallFailure failure) {
    return session
        .send(Calls.activityState(activityId))
        .handle(
            (state, error) -> {
              String death = state == null ? null : death(state, failure);
              if (death != null) {
                fail(GolemException.Kind.PROVIDER, death);
              }
              return death == null;
            });
  }

  /**
   * What an activity has died of, or null. One that lives reports to its daemon every few seconds.
   * A poll that was under way when it died ends when its time is over: by then the daemon knows.
   */
  private static @Nullable String death(ActivityState state, CallFailure failure) {
    if (state.current().equals("Terminated")) {
      String reason = state.errorMessage() != null ? state.errorMessage() : state.reason();
      return "the activity is terminated" + (reason == null ? "" : ": " + reason);
    }
    return state.current().equals("Unresponsive") && failure.reason().contains(NOBODY_THERE)
        ? "what runs the activity is gone"
        : null;
  }

  private void openStream(String id) {
    if (stream != null || !polledOnce) {
      return;
    }
    EventStream opened =
        new EventStream(
            event -> session.threads().loop().execute(() -> on(id, event)), this::streamEnded);
    stream = opened;
    session.caller().stream("follow the batch", Calls.resultsPath(activityId, id), opened)
        .exceptionally(
            error -> {
              streamEnded(opened);
              return false;
            });
  }

  /** It is opened again after the next poll. */
  private void streamEnded(EventStream which) {
    session
        .threads()
        .loop()
        .execute(
            () -> {
              if (stream == which) {
                stream = null;
              }
            });
  }

  private void on(String id, RuntimeEvent event) {
    if (done.isDone() || !id.equals(event.batchId())) {
      return;
    }
    beat();
    RuntimeEvent.Kind kind = event.kind();
    if (kind.stdout() != null) {
      lines(kind.stdout().text());
    }
    if (kind.progress() != null) {
      moved(kind.progress().progress());
    }
    RuntimeEvent.Finished end = kind.finished();
    if (end != null && (end.returnCode() != 0 || event.index() == script.commands().size() - 1)) {
      poll(Duration.ZERO);
    }
  }

  private void moved(List<@Nullable Long> doneAndAll) {
    Long bytes = doneAndAll.size() == 2 ? doneAndAll.get(0) : null;
    Long size = bytes == null ? null : doneAndAll.get(1);
    if (bytes != null && size != null) {
      tell(() -> watcher.moved(bytes, size));
    }
  }

  private void lines(String text) {
    int from = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      line.append(text, from, end);
      String whole = line.toString();
      line.setLength(0);
      from = end + 1;
      tell(() -> watcher.line(whole));
    }
    if (line.length() < LONGEST_LINE) {
      line.append(text, from, text.length());
    }
  }

  private static void tell(Runnable watcher) {
    try {
      watcher.run();
    } catch (RuntimeException | Error e) {
      Caller.LOG.warn("the watcher failed", e);
    }
  }

  private void watchClocks() {
    if (done.isDone()) {
      return;
    }
    Duration left = limit.minus(session.since(begin));
    Duration idleLeft = idleLimit.minus(session.since(lastSign));
    if (left.isNegative() || left.isZero()) {
      ranOut(GolemException.Clock.SCRIPT, "it takes longer than " + words(limit));
    } else if (idleLeft.isNegative() || idleLeft.isZero()) {
      ranOut(GolemException.Clock.IDLE, "no sign of life for " + words(idleLimit));
    } else {
      CompletableFuture<Void> timer =
          session.threads().after(left.compareTo(idleLeft) < 0 ? left : idleLeft);
      goOn(timer.thenRun(this::watchClocks));
      done.whenComplete((results, error) -> timer.cancel(false));
    }
  }

  private void ranOut(GolemException.Clock clock, String reason) {
    String message = Failures.sentence("run commands on " + provider, reason);
    done.completeExceptionally(
        GolemException.of(clock, GolemException.Kind.DEADLINE, message, null));
  }

  private void fail(GolemException.Kind kind, String reason) {
    String message = Failures.sentence("run commands on " + provider, reason);
    done.completeExceptionally(new GolemException(kind, message, null, null));
  }

  private static boolean isBusy(CommandResult result) {
    String message = result.message();
    return result.index() == 0
        && message != null
        && message.toLowerCase(Locale.ROOT).contains("busy");
  }

  private static String words(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
