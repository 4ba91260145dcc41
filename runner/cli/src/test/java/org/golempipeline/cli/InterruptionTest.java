package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import sun.misc.Signal;

@Isolated("signals are for the whole process")
@Timeout(30)
class InterruptionTest {
  private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();

  /** Every look at the clock is told: then a signal has been weighed. */
  private final LinkedBlockingQueue<Long> looks = new LinkedBlockingQueue<>();

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1000);

  private long look() {
    looks.add(now.get());
    return now.get();
  }

  /** The one signal that nobody who starts tests in the background has switched off. */
  private void signal() throws InterruptedException {
    Signal.raise(new Signal("TERM"));
    assertThat(looks.poll(20, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void twoSignalsAtOnceAreOneWishAndALaterOneInsists() throws Exception {
    try (var interruption =
        new Interruption(() -> heard.add("ask"), () -> heard.add("insist"), this::look)) {
      assertThat(interruption).isNotNull();
      signal();
      signal();
      now.addAndGet(Duration.ofMillis(999).toNanos());
      signal();
      now.addAndGet(Duration.ofMillis(1).toNanos());
      signal();
      assertThat(new String[] {heard.poll(20, TimeUnit.SECONDS), heard.poll(20, TimeUnit.SECONDS)})
          .containsExactlyInAnyOrder("ask", "insist");
      assertThat(heard).isEmpty();
    }
  }
}
