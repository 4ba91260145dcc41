package org.golempipeline.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ApiVersionTest {
  @Test
  void supportsWhatWasBuiltAgainstItOrAnEarlierMinorVersion() {
    var version = new ApiVersion(2, 3);

    assertThat(version.supports(ApiVersion.parse("2.3"))).isTrue();
    assertThat(version.supports(ApiVersion.parse("2.0.7"))).isTrue();
    assertThat(version.supports(ApiVersion.parse("2.4"))).isFalse();
    assertThat(version.supports(ApiVersion.parse("1.3"))).isFalse();
    assertThat(version.supports(ApiVersion.parse("3.0"))).isFalse();
  }

  @Test
  void isReadAsItIsWritten() {
    assertThat(ApiVersion.parse(ApiVersion.CURRENT.toString())).isEqualTo(ApiVersion.CURRENT);
    for (var wrong : new String[] {"", "1", "1.x", "1.0-beta", "v1.0", "1.0.0.0", "99999.0"}) {
      assertThatIllegalArgumentException().isThrownBy(() -> ApiVersion.parse(wrong));
    }
  }
}
