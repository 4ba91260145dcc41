package org.golempipeline.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class IntQueueTest {
  /** One empties it, a number from 20 is put in, any other takes one out. */
  @Property
  void givesBackWhatWasPutInInOrder(
      @ForAll @Size(max = 400) List<@IntRange(max = 60) Integer> steps) {
    var queue = new IntQueue();
    var model = new ArrayDeque<Integer>();
    for (var step : steps) {
      if (step == 1) {
        queue.clear();
        model.clear();
      } else if (step >= 20) {
        queue.add(step);
        model.add(step);
      } else if (!model.isEmpty()) {
        assertThat(queue.remove()).isEqualTo(model.remove());
      }
      assertThat(queue.size()).isEqualTo(model.size());
      assertThat(queue.isEmpty()).isEqualTo(model.isEmpty());
    }
    while (!model.isEmpty()) {
      assertThat(queue.remove()).isEqualTo(model.remove());
    }
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void growsWhereverItsFirstItemLies() {
    for (var taken = 0; taken < 16; taken++) {
      var queue = new IntQueue();
      for (var i = 0; i < 16; i++) {
        queue.add(i);
      }
      for (var i = 0; i < taken; i++) {
        assertThat(queue.remove()).isEqualTo(i);
      }
      for (var i = 16; i < 50; i++) {
        queue.add(i);
      }
      for (var i = taken; i < 50; i++) {
        assertThat(queue.remove()).isEqualTo(i);
      }
      assertThat(queue.isEmpty()).isTrue();
    }
  }

  @Test
  void refusesToGiveWhatItDoesNotHave() {
    var queue = new IntQueue();
    queue.add(7);
    queue.remove();
    assertThatThrownBy(queue::remove).isInstanceOf(IllegalStateException.class);
  }
}
