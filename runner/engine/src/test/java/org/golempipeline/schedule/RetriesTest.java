package org.golempipeline.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RetriesTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

  private final Map<Integer, Trouble> troubles = new HashMap<>();
  private final Retries retries = new Retries(troubles);

  @Test
  void givesTheLongestWaitingFirst() {
    for (var fragment : List.of(5, 3, 9, 1)) {
      add(fragment, NOW);
    }
    assertThat(retries.waitingLongest(2)).containsExactly(5, 3);
    assertThat(retries.take(machine("m"), 3, NOW)).containsExactly(5, 3, 9);
    assertThat(retries.take(machine("m"), 3, NOW)).containsExactly(1);
    assertThat(retries.take(machine("m"), 3, NOW)).isEmpty();
    assertThat(retries.size()).isZero();
  }

  @Test
  void givesNothingBeforeItIsDue() {
    add(1, NOW.plusSeconds(20));
    add(2, NOW.plusSeconds(10));
    add(3, NOW.minusSeconds(1));

    assertThat(retries.size()).isEqualTo(3);
    assertThat(retries.all()).containsExactly(3, 2, 1);
    assertThat(retries.dueNow(NOW)).isEqualTo(1);
    assertThat(retries.next()).isEqualTo(NOW.plusSeconds(10));
    assertThat(retries.take(machine("m"), 9, NOW)).containsExactly(3);
    assertThat(retries.take(machine("m"), 9, NOW.plusMillis(9_999))).isEmpty();
    assertThat(retries.take(machine("m"), 9, NOW.plusSeconds(10))).containsExactly(2);
    assertThat(retries.next()).isEqualTo(NOW.plusSeconds(20));
    assertThat(retries.take(machine("m"), 9, NOW.plusSeconds(99))).containsExactly(1);
    assertThat(retries.next()).isNull();
  }

  @Test
  void fragmentsThatBecomeDueAtTheSameTimeAreAllKept() {
    for (var fragment = 0; fragment < 5; fragment++) {
      add(fragment, NOW.plusSeconds(1));
    }
    assertThat(retries.size()).isEqualTo(5);
    assertThat(retries.take(machine("m"), 9, NOW.plusSeconds(1))).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void oneThatIsAddedTwiceIsThereOnce() {
    add(1, NOW);
    add(1, NOW);
    add(2, NOW.plusSeconds(1));
    add(2, NOW.plusSeconds(1));

    assertThat(retries.size()).isEqualTo(2);
    assertThat(retries.take(machine("m"), 9, NOW.plusSeconds(1))).containsExactly(1, 2);
  }

  @Test
  void aMachineGetsOnlyWhatItMayTry() {
    add(1, NOW).tried.add("m");
    add(2, NOW).wallets.add("w");
    add(3, NOW);
    var machine = machine("m");
    machine.wallet = "w";

    assertThat(retries.take(machine, 9, NOW)).containsExactly(3);
    assertThat(retries.size()).isEqualTo(2);
    assertThat(retries.take(machine("n"), 9, NOW)).containsExactlyInAnyOrder(1, 2);
  }

  @Test
  void aMachineGetsWhatItTriedIfThereIsNobodyElse() {
    var trouble = add(1, NOW);
    trouble.tried.add("m");
    trouble.anyProvider = true;

    assertThat(retries.take(machine("m"), 9, NOW)).containsExactly(1);
  }

  @Test
  void aCrowdThatAMachineMayNotTryHidesNothingFromItForEver() {
    for (var fragment = 0; fragment < 1000; fragment++) {
      add(fragment, NOW).tried.add("m");
    }
    add(1000, NOW);

    var asked = 0;
    var taken = List.<Integer>of();
    while (taken.isEmpty() && asked++ < 10) {
      taken = retries.take(machine("m"), 9, NOW);
    }
    assertThat(taken).containsExactly(1000);
    assertThat(retries.size()).isEqualTo(1000);
  }

  /** Remembers what was asked for. */
  private static final class Watched extends HashMap<Integer, Trouble> {
    private static final long serialVersionUID = 1L;

    private final List<Object> looks = new ArrayList<>();

    @Override
    public Trouble get(Object key) {
      looks.add(key);
      return super.get(key);
    }
  }

  @Test
  void aCrowdThatAMachineMayNotTryIsNotLookedAtAsAWhole() {
    assertThat(takenOfCrowd(trouble -> trouble.tried.add("m"))).isEmpty();
  }

  @Test
  void aCrowdThatMustRunAloneIsNotLookedAtAsAWhole() {
    var first = new AtomicInteger(9);
    assertThat(takenOfCrowd(trouble -> trouble.mostTogether = first.getAndSet(1)))
        .containsExactly(0);
  }

  private static List<Integer> takenOfCrowd(Consumer<Trouble> each) {
    var troubles = new Watched();
    var crowd = new Retries(troubles);
    for (var fragment = 0; fragment < 100_000; fragment++) {
      var trouble = new Trouble();
      each.accept(trouble);
      troubles.put(fragment, trouble);
      crowd.add(fragment, NOW);
    }
    troubles.looks.clear();
    var taken = crowd.take(machine("m"), 9, NOW);
    assertThat(troubles.looks).hasSizeLessThan(1000);
    return taken;
  }

  @Test
  void anEarlierDueTimeIsForgottenWhenALaterOneIsSet() {
    add(1, NOW.plusSeconds(1));
    add(1, NOW.plusSeconds(2));
    assertThat(retries.size()).isEqualTo(1);
    retries.remove(1);
    assertThat(retries.size()).isZero();
  }

  @Test
  void oneThatMustRunAloneSharesWithNobody() {
    add(1, NOW).mostTogether = 1;
    add(2, NOW);
    add(3, NOW).mostTogether = 1;
    add(4, NOW);

    assertThat(retries.take(machine("m"), 9, NOW)).containsExactly(1);
    assertThat(retries.take(machine("m"), 9, NOW)).containsExactly(2, 4);
    assertThat(retries.take(machine("m"), 9, NOW)).containsExactly(3);
  }

  @Test
  void aRemovedOneIsNotGiven() {
    add(1, NOW);
    add(2, NOW.plusSeconds(1));
    add(3, NOW);
    retries.remove(1);
    retries.remove(2);
    retries.remove(7);

    assertThat(retries.size()).isEqualTo(1);
    assertThat(retries.next()).isNull();
    assertThat(retries.take(machine("m"), 9, NOW.plusSeconds(5))).containsExactly(3);
  }

  @Test
  void oneThatBecameDueCanStillBeRemoved() {
    add(1, NOW.plusSeconds(1));
    assertThat(retries.dueNow(NOW.plusSeconds(2))).isEqualTo(1);
    retries.remove(1);

    assertThat(retries.size()).isZero();
  }

  @Test
  void clearedItHasNothing() {
    add(1, NOW);
    add(2, NOW.plusSeconds(1));
    retries.clear();

    assertThat(retries.size()).isZero();
    assertThat(retries.all()).isEmpty();
    assertThat(retries.next()).isNull();
    assertThat(retries.take(machine("m"), 9, NOW.plusSeconds(5))).isEmpty();
  }

  /** Two machines that share the fragments between them get each once, and in groups that fit. */
  @Property
  void everyFragmentIsGivenOnceAndToAMachineThatMayTryIt(
      @ForAll @Size(max = 60) List<@IntRange(max = 11) Integer> kinds,
      @ForAll @IntRange(min = 1, max = 8) int most) {
    retries.clear();
    troubles.clear();
    for (var fragment = 0; fragment < kinds.size(); fragment++) {
      var kind = kinds.get(fragment);
      var trouble = add(fragment, NOW.plusSeconds(kind % 3));
      trouble.mostTogether = kind % 4 + 1;
      if (kind >= 6) {
        trouble.tried.add(kind % 2 == 0 ? "m" : "n");
      }
    }
    var given = new HashSet<Integer>();
    for (var round = 0; round < 200; round++) {
      var machine = machine(round % 2 == 0 ? "m" : "n");
      var now = NOW.plusSeconds(round / 50);
      var taken = retries.take(machine, most, now);
      assertThat(taken).hasSizeLessThanOrEqualTo(most);
      for (var fragment : taken) {
        var trouble = troubles.getOrDefault(fragment, new Trouble());
        assertThat(given.add(fragment)).isTrue();
        assertThat(trouble.mayRunOn(machine)).isTrue();
        assertThat(trouble.notBefore).isBeforeOrEqualTo(now);
        assertThat(taken).hasSizeLessThanOrEqualTo(trouble.mostTogether);
      }
    }
    assertThat(given).hasSize(kinds.size());
    assertThat(retries.size()).isZero();
  }

  private Trouble add(int fragment, Instant at) {
    var trouble = troubles.computeIfAbsent(fragment, each -> new Trouble());
    trouble.notBefore = at;
    retries.add(fragment, NOW);
    return trouble;
  }

  private static RentalState machine(String provider) {
    var machine = new RentalState(0, 0, false, NOW);
    machine.provider = provider;
    machine.wallet = "wallet of " + provider;
    return machine;
  }
}
