package org.golempipeline.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import org.junit.jupiter.api.Test;

class RetriesCrowdTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

  @Test
  void aCrowdThatMustRunAloneIsNotLookedAtAsAWhole() {
    var looks = new ArrayList<Object>();
    var counted =
        new HashMap<Integer, Trouble>() {
          private static final long serialVersionUID = 1L;

          @Override
          public Trouble get(Object key) {
            looks.add(key);
            return super.get(key);
          }
        };
    var crowd = new Retries(counted);
    for (var fragment = 0; fragment < 100_000; fragment++) {
      var trouble = new Trouble();
      trouble.mostTogether = fragment == 0 ? 9 : 1;
      counted.put(fragment, trouble);
      crowd.add(fragment, NOW);
    }
    looks.clear();
    var machine = new RentalState(0, 0, false, NOW);
    machine.provider = "m";
    assertThat(crowd.take(machine, 9, NOW)).containsExactly(0);
    assertThat(looks.size()).isLessThan(1000);
  }

  @Test
  void anEarlierDueTimeIsForgottenWhenALaterOneIsSet() {
    var troubles = new HashMap<Integer, Trouble>();
    var retries = new Retries(troubles);
    var trouble = new Trouble();
    troubles.put(1, trouble);
    trouble.notBefore = NOW.plusSeconds(1);
    retries.add(1, NOW);
    trouble.notBefore = NOW.plusSeconds(2);
    retries.add(1, NOW);
    assertThat(retries.size()).isEqualTo(1);
    retries.remove(1);
    assertThat(retries.size()).isZero();
  }
}
