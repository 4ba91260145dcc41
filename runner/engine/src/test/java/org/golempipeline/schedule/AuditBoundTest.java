package org.golempipeline.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AuditBoundTest {
  @Test
  void oneLieInTwentyIsNoticedWithAShareOfFivePercent() {
    assertThat(new AuditBound(0.05, 0).unnoticed(1)).isEqualTo(0.95, within(1e-12));
    assertThat(new AuditBound(0.05, 0).unnoticed(90)).isLessThan(0.01);
  }

  @Test
  void nothingGoesUnnoticedWhereEverythingIsAudited() {
    assertThat(new AuditBound(1, 0).unnoticed(1)).isZero();
  }

  @Test
  void friendsMakeAuditsWorthLess() {
    assertThat(new AuditBound(0.05, 0.5).unnoticed(1)).isEqualTo(1 - 0.05 / 4, within(1e-12));
  }

  @Test
  void refusesWhatIsNoShare() {
    assertThatThrownBy(() -> new AuditBound(0, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new AuditBound(0.5, 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
