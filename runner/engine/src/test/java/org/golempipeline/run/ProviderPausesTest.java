package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.golempipeline.journal.ProviderFailures.Failed;
import org.junit.jupiter.api.Test;

class ProviderPausesTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void eachFailureDoublesThePauseUpToAnHour() {
    var pauses = new ProviderPauses(Map.of());
    assertThat(pauses.failed("p", NOW)).isEqualTo(NOW.plusSeconds(30));
    assertThat(pauses.failed("p", NOW)).isEqualTo(NOW.plusSeconds(60));
    for (var i = 0; i < 20; i++) {
      pauses.failed("p", NOW);
    }
    assertThat(pauses.failed("p", NOW)).isEqualTo(NOW.plus(Duration.ofHours(1)));
    assertThat(pauses.failed("other", NOW)).isEqualTo(NOW.plusSeconds(30));
  }

  @Test
  void whatEarlierRunsSawGoesOnAndEnds() {
    var pauses = new ProviderPauses(Map.of("p", new Failed(3, NOW)));
    assertThat(pauses.pending(NOW.plusSeconds(119)))
        .containsExactly(Map.entry("p", NOW.plusSeconds(120)));
    assertThat(pauses.pending(NOW.plusSeconds(120))).isEmpty();
    assertThat(pauses.failed("p", NOW)).isEqualTo(NOW.plusSeconds(240));
  }

  @Test
  void whoWorksHasNotFailed() {
    var pauses = new ProviderPauses(Map.of("p", new Failed(3, NOW)));
    pauses.worked("p");
    assertThat(pauses.failed("p", NOW)).isEqualTo(NOW.plusSeconds(30));
  }
}
