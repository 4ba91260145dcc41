package org.golempipeline.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import org.junit.jupiter.api.Test;

class ChaosTest {
  @Test
  void theSeedAloneDecidesWhoIsWhat() {
    var first = Chaos.STORM.cast(5, 7);
    var again = Chaos.STORM.cast(5, 7);

    assertThat(again).isEqualTo(first);
    assertThat(Chaos.STORM.cast(5, 8)).isNotEqualTo(first);
  }

  @Test
  void thereAreAlwaysEnoughHonestOnes() {
    for (var chaos : Chaos.values()) {
      for (var workers = 1; workers < 9; workers++) {
        var cast = chaos.cast(workers, workers);
        assertThat(cast.stream().filter(Persona.HONEST::equals).count())
            .isGreaterThanOrEqualTo(Math.max(3, workers));
      }
    }
    assertThat(Chaos.CALM.cast(4, 1)).containsOnly(Persona.HONEST);
  }

  @Test
  void aStormDoesNotLieButHasEverybodyElse() {
    assertThat(Chaos.STORM.cast(6, 3))
        .doesNotContain(Persona.LYING, Persona.COLLUDING)
        .contains(Persona.VANISHING, Persona.OVERBILLING, Persona.GARBLING, Persona.ERRATIC);
  }

  @Test
  void everyPersonaBelongsToSomeChaos() {
    var seen = EnumSet.noneOf(Persona.class);
    for (var chaos : Chaos.values()) {
      seen.addAll(chaos.cast(20, 1));
    }
    assertThat(seen).containsExactlyInAnyOrder(Persona.values());
  }

  @Test
  void namesAreThoseOfTheCommandLine() {
    assertThat(Chaos.named("storm")).contains(Chaos.STORM);
    assertThat(Chaos.named("STORM")).isEmpty();
    assertThat(Persona.MUTE_AFTER_AGREEMENT).hasToString("mute after agreement");
  }
}
