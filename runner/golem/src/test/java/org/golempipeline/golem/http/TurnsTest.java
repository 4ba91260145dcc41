package org.golempipeline.golem.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private final Turns turns = new Turns(2);
  private final List<CompletableFuture<Integer>> begun = new ArrayList<>();

  private CompletableFuture<Integer> take() {
    return turns.take(
        () -> {
          CompletableFuture<Integer> way = new CompletableFuture<>();
          begun.add(way);
          return way;
        });
  }

  @Test
  void beginsTheNextWhenOneIsOver() {
    var results = List.of(take(), take(), take(), take());
    assertThat(begun).hasSize(2);

    begun.get(1).complete(7);
    assertThat(results.get(1)).isCompletedWithValue(7);
    assertThat(begun).hasSize(3);

    begun.get(0).completeExceptionally(new IllegalStateException("broken"));
    assertThat(results.get(0)).isCompletedExceptionally();
    assertThat(begun).hasSize(4);

    begun.get(2).complete(8);
    begun.get(3).complete(9);
    assertThat(results.get(2)).isCompletedWithValue(8);
    assertThat(results.get(3)).isCompletedWithValue(9);
  }

  @Test
  void whatIsCancelledBeforeItsTurnNeverBegins() {
    take();
    take();
    var cancelled = take();
    var last = take();
    cancelled.cancel(true);
    begun.get(0).complete(1);
    assertThat(begun).hasSize(3);
    begun.get(2).complete(3);
    assertThat(last).isCompletedWithValue(3);
  }

  @Test
  void whatIsCancelledUnderWayMakesRoom() {
    var first = take();
    take();
    take();
    first.cancel(true);
    assertThat(begun.get(0)).isCancelled();
    assertThat(begun).hasSize(3);
  }

  @Test
  void whatCannotBeginMakesRoom() {
    take();
    var failed =
        turns.<Integer>take(
            () -> {
              throw new IllegalArgumentException("no such place");
            });
    assertThat(failed).isCompletedExceptionally();
    take();
    assertThat(begun).hasSize(2);
  }

  @Test
  void aHundredThousandThatEndAtOnceNeedNoStack() {
    take();
    take();
    var results =
        IntStream.range(0, 100_000)
            .mapToObj(i -> turns.take(() -> CompletableFuture.completedFuture(i)))
            .toList();
    assertThat(results.get(0)).isNotDone();
    begun.get(0).complete(0);
    assertThat(results).allSatisfy(each -> assertThat(each).isCompleted());
  }
}
