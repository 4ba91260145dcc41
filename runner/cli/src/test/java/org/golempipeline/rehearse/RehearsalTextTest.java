package org.golempipeline.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RehearsalTextTest {
  private static final RunFigures RUN =
      new RunFigures(
          null,
          0,
          1,
          1,
          0,
          1,
          1,
          0,
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ZERO,
          BigDecimal.ZERO,
          BigDecimal.ZERO,
          BigDecimal.ZERO,
          0);

  private static String believed(boolean verified) {
    return RehearsalText.of(
        new RehearsalResult(
            "p.yaml",
            Chaos.LIARS,
            1,
            List.of(Persona.LYING),
            RUN,
            RUN,
            "`o.txt` differs",
            false,
            verified,
            List.of(),
            List.of()));
  }

  @Test
  void whatIsAdvisedAgainstLiarsIsNotThereYet() {
    assertThat(believed(false)).contains("add `verify: { copies: 2 }`");
    assertThat(believed(true))
        .contains("ask for more copies", "`by: local`")
        .doesNotContain("add `verify");
  }
}
