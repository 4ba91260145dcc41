package org.golempipeline.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PolicyTest {
  @Test
  void scriptsOnThisMachineGrowWithTheNumberOfWorkers() {
    assertThat(local(1).batchTime()).isEqualTo(Duration.ofSeconds(1));
    assertThat(local(40).batchTime()).isEqualTo(Duration.ofSeconds(1));
    assertThat(local(200).batchTime()).isEqualTo(Duration.ofSeconds(5));
    assertThat(local(1000).batchTime()).isEqualTo(Duration.ofSeconds(25));
  }

  @Test
  void theShortestScriptsOfThisMachineTakeItHalfAsLongAsSendingOneToEachWorker() {
    assertThat(local(2).leastBatchTime()).isEqualTo(Duration.ofMillis(100));
    assertThat(local(200).leastBatchTime()).isEqualTo(Duration.ofMillis(2500));
  }

  private static Policy local(int workers) {
    return Policy.local(workers, BigDecimal.ONE, true, 1, Duration.ofHours(1));
  }
}
