package org.golempipeline.golem.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
final class ThreadsTest {
  private final Threads threads = new Threads();

  /** A future whose last step was dropped would be waited for by whoever has it. */
  @Test
  void whatWaitsForTheLoopAtTheEndIsDoneInOrder() throws Exception {
    var busy = new CountDownLatch(1);
    var done = new CopyOnWriteArrayList<Integer>();
    threads.loop().execute(() -> uninterrupted(busy));
    threads.loop().execute(() -> done.add(1));
    var second = CompletableFuture.runAsync(() -> done.add(2), threads.loop());
    threads.close();
    threads.loop().execute(() -> done.add(3));
    busy.countDown();
    second.get();
    onLoop(() -> {});
    assertThat(done).isEqualTo(List.of(1, 2, 3));
  }

  @Test
  void whatComesAfterTheEndIsDoneOnTheLoop() throws Exception {
    var first = onLoop(() -> {});
    threads.close();
    first.join();
    assertThat(first.isAlive()).isFalse();
    assertThat(onLoop(() -> assertThat(threads.isLoop()).isTrue())).isNotSameAs(first);
    assertThat(threads.isLoop()).isFalse();
  }

  @Test
  void theEndCancelsTimers() throws Exception {
    var timer = threads.after(Duration.ofDays(1));
    var told = new CompletableFuture<Boolean>();
    timer.whenComplete((done, error) -> told.complete(timer.isCancelled() && threads.isLoop()));
    threads.close();
    assertThat(told.get()).isTrue();
    assertThat(threads.after(Duration.ZERO)).isCancelled();
  }

  /** What follows a step that is done already runs where it is put behind it. */
  @Test
  void stepsThatAreMadeOnTheLoopStayThere() throws Exception {
    var stayed =
        threads.doOnLoop(
            () ->
                CompletableFuture.completedFuture("done already")
                    .thenApply(step -> threads.isLoop()));
    assertThat(stayed.get()).isTrue();
    threads.close();
  }

  private Thread onLoop(Runnable task) throws Exception {
    return CompletableFuture.supplyAsync(
            () -> {
              task.run();
              return Thread.currentThread();
            },
            threads.loop())
        .get(120, TimeUnit.SECONDS);
  }

  private static void uninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
