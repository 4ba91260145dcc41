package org.golempipeline.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import sun.misc.Signal;

@Isolated("signals are for the whole process")
@Timeout(240)
class InterruptionTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();

  /** Every look at the clock is told: then a signal has been weighed. */
  private final LinkedBlockingQueue<Long> looks = new LinkedBlockingQueue<>();

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1000);

  private long look() {
    var seen = now.get();
    looks.add(seen);
    return seen;
  }

  /** The one signal that nobody who starts tests in the background has switched off. */
  private void signal() throws InterruptedException {
    Signal.raise(new Signal("TERM"));
    assertThat(looks.poll(120, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void twoSignalsAtOnceAreOneWishAndALaterOneInsists() throws Exception {
    try (var interruption =
        new Interruption(() -> heard.add("ask"), () -> heard.add("insist"), LONG, this::look)) {
      assertThat(interruption).isNotNull();
      signal();
      signal();
      now.addAndGet(Duration.ofMillis(999).toNanos());
      signal();
      now.addAndGet(Duration.ofMillis(1).toNanos());
      signal();
      assertThat(
              new String[] {heard.poll(120, TimeUnit.SECONDS), heard.poll(120, TimeUnit.SECONDS)})
          .containsExactlyInAnyOrder("ask", "insist");
      assertThat(heard).isEmpty();
    }
  }

  /** What the wish does must not come after what it was meant for, such as an interrupt. */
  @Test
  void closingWaitsForAWishThatIsPassedOn() throws Exception {
    var begun = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var interruption =
        new Interruption(
            () -> {
              begun.countDown();
              await(goOn);
              heard.add("ask");
            },
            () -> heard.add("insist"),
            LONG,
            this::look);
    signal();
    await(begun);
    var closing = new FutureTask<>(interruption::close, null);
    var closer = new Thread(closing);
    closer.start();
    while (closer.getState() != Thread.State.BLOCKED) {
      assertThat(closing).isNotDone();
      Thread.onSpinWait();
    }
    goOn.countDown();
    closing.get(120, TimeUnit.SECONDS);
    assertThat(heard).containsExactly("ask");
  }

  @Test
  void insistsByItselfIfTheEndDoesNotCome() throws Exception {
    try (var interruption =
        new Interruption(
            () -> heard.add("ask"), () -> heard.add("insist"), Duration.ofMillis(1), this::look)) {
      assertThat(interruption).isNotNull();
      signal();
      assertThat(heard.poll(120, TimeUnit.SECONDS)).isEqualTo("ask");
      assertThat(heard.poll(120, TimeUnit.SECONDS)).isEqualTo("insist");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
