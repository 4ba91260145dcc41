package org.golempipeline.golem.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class RetrierTest {
  private final List<Duration> pauses = new ArrayList<>();
  private final Retrier retrier =
      new Retrier(
          pause -> {
            pauses.add(pause);
            return CompletableFuture.completedFuture(null);
          },
          42);

  @Test
  void whatCreatesIsRepeatedOnlyIfItDidNotArrive() {
    for (CallFailure.Arrival arrival : CallFailure.Arrival.values()) {
      assertThat(Retrier.mayRepeat(failure(503, arrival), Retrier.Repeat.UNLESS_ARRIVED))
          .isEqualTo(arrival == CallFailure.Arrival.NOT_ARRIVED);
      assertThat(Retrier.mayRepeat(failure(503, arrival), Retrier.Repeat.NEVER)).isFalse();
    }
  }

  @Test
  void passingErrorsOfHarmlessCallsAreRepeated() {
    for (int status : new int[] {408, 429, 500, 502, 503, 504}) {
      assertThat(answered(status)).as("%d", status).isTrue();
    }
    for (int status : new int[] {400, 401, 403, 404, 409, 410, 501}) {
      assertThat(answered(status)).as("%d", status).isFalse();
    }
    assertThat(Retrier.mayRepeat(failure(0, CallFailure.Arrival.UNKNOWN), Retrier.Repeat.ALWAYS))
        .isTrue();
  }

  @Test
  void succeedsAfterFailuresWithGrowingPauses() {
    AtomicInteger attempts = new AtomicInteger();
    CompletableFuture<String> result =
        retrier.run(
            Retrier.Repeat.ALWAYS,
            () ->
                attempts.incrementAndGet() < 4
                    ? CompletableFuture.failedFuture(failure(503, CallFailure.Arrival.ANSWERED))
                    : CompletableFuture.completedFuture("yes"));
    assertThat(result.join()).isEqualTo("yes");
    assertThat(pauses).hasSize(3);
    assertThat(pauses.get(0)).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
    assertThat(pauses.get(2)).isBetween(Duration.ofMillis(200), Duration.ofMillis(400));
  }

  @Test
  void givesUpAfterSixAttempts() {
    AtomicInteger attempts = new AtomicInteger();
    CompletableFuture<String> result =
        retrier.run(
            Retrier.Repeat.ALWAYS,
            () -> {
              attempts.incrementAndGet();
              return CompletableFuture.failedFuture(failure(500, CallFailure.Arrival.ANSWERED));
            });
    assertThatThrownBy(result::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(CallFailure.class);
    assertThat(attempts).hasValue(6);
  }

  @Test
  void pausesNeverExceedFiveSeconds() {
    for (int failures = 1; failures < 100; failures++) {
      assertThat(retrier.pause(failures)).isBetween(Duration.ofMillis(50), Duration.ofSeconds(5));
    }
  }

  @Test
  void cancellingCancelsTheAttempt() {
    CompletableFuture<String> attempt = new CompletableFuture<>();
    retrier.run(Retrier.Repeat.ALWAYS, () -> attempt).cancel(true);
    assertThat(attempt).isCancelled();
  }

  @Test
  void nothingIsSentForWhoGaveUpInAPause() {
    CompletableFuture<Void> pause = new CompletableFuture<>();
    AtomicInteger attempts = new AtomicInteger();
    CompletableFuture<String> result =
        new Retrier(length -> pause, 42)
            .run(
                Retrier.Repeat.ALWAYS,
                () -> {
                  attempts.incrementAndGet();
                  return CompletableFuture.failedFuture(failure(503, CallFailure.Arrival.ANSWERED));
                });
    result.cancel(true);
    pause.complete(null);
    assertThat(attempts).hasValue(1);
  }

  @Test
  void theLastFailureIsToldIfThereIsNoTimeForAnother() {
    CompletableFuture<Void> pause = new CompletableFuture<>();
    CallFailure failure = failure(503, CallFailure.Arrival.ANSWERED);
    CompletableFuture<String> result =
        new Retrier(length -> pause, 42)
            .run(Retrier.Repeat.ALWAYS, () -> CompletableFuture.failedFuture(failure));
    pause.cancel(false);
    assertThatThrownBy(result::join).hasCause(failure);
  }

  @Test
  void whatAnAttemptThrowsIsTold() {
    AtomicInteger attempts = new AtomicInteger();
    CompletableFuture<String> result =
        retrier.run(
            Retrier.Repeat.ALWAYS,
            () -> {
              if (attempts.incrementAndGet() == 2) {
                throw new IllegalStateException("out of threads");
              }
              return CompletableFuture.failedFuture(failure(503, CallFailure.Arrival.ANSWERED));
            });
    assertThatThrownBy(result::join).hasCauseInstanceOf(IllegalStateException.class);
  }

  private static boolean answered(int status) {
    return Retrier.mayRepeat(failure(status, CallFailure.Arrival.ANSWERED), Retrier.Repeat.ALWAYS);
  }

  private static CallFailure failure(int status, CallFailure.Arrival arrival) {
    return new CallFailure("test", status, "reason", arrival, null, null);
  }
}
