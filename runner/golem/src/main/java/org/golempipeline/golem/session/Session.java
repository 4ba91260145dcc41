package org.golempipeline.golem.session;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.golempipeline.golem.GolemEvent;
import org.golempipeline.golem.GolemListener;
import org.golempipeline.golem.SessionTerms;
import org.golempipeline.golem.files.FileHost;
import org.golempipeline.golem.files.SentBytes;
import org.golempipeline.golem.http.Call;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.http.Caller;
import org.golempipeline.golem.http.Calls;
import org.golempipeline.golem.http.Retrier;
import org.golempipeline.golem.http.Threads;
import org.golempipeline.golem.wire.Allocation;
import org.golempipeline.golem.wire.Decorations;

/** What all parts of an open session share. */
record Session(
    Caller caller,
    Retrier retrier,
    Threads threads,
    Clock clock,
    GolemListener listener,
    SessionTerms terms,
    String identity,
    Allocation allocation,
    Decorations decorations,
    AtomicBoolean closed,
    SentBytes sent,
    long openedNanos,
    long openedMillis) {

  /** Answers and failures arrive on the loop, where all state lives. */
  <T> CompletableFuture<T> send(Call<T> call) {
    return threads.onLoop(caller.send(call));
  }

  /** For assertions at the doors of what lives on the loop. */
  boolean isOnLoop() {
    return threads.isLoop();
  }

  /** Lets an allocation go; answers, as a sentence, why that could not be done. */
  CompletableFuture<Optional<String>> release(String allocationId) {
    return send(Calls.releaseAllocation(allocationId))
        .handle(
            (released, error) -> {
              if (error != null) {
                CallFailure failure = CallFailure.of("release the allocation", error);
                if (!failure.isGone()) {
                  return Optional.of(failure.getMessage() + ".");
                }
              }
              emit(new GolemEvent.AllocationReleased(allocationId));
              return Optional.empty();
            });
  }

  /** For addresses at which providers find files. */
  FileHost files() {
    return new FileHost(caller, retrier, threads, identity, closed, sent);
  }

  void emit(GolemEvent event) {
    try {
      listener.on(event);
    } catch (RuntimeException | Error e) {
      Caller.LOG.warn("the listener failed on {}", event, e);
    }
  }

  /** Monotonic. */
  long nanos() {
    return System.nanoTime();
  }

  /**
   * For bills: like {@link #nanos}, but goes on while this machine sleeps, as the providers' clocks
   * do.
   */
  long billedNanos() {
    long wall = (clock.millis() - openedMillis) * 1_000_000;
    return Math.max(System.nanoTime() - openedNanos, wall);
  }

  /** What {@link #billedNanos} was or will be at {@code moment}. */
  long billedNanos(Instant moment) {
    return (moment.toEpochMilli() - openedMillis) * 1_000_000;
  }

  Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  Instant now() {
    return clock.instant();
  }

  URI daemon() {
    return caller.daemon();
  }
}
