package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExitStatusTest {
  @Test
  void namesSignalsOnlyWhereThereAreSome() {
    assertThat(ExitStatus.say(3)).isEqualTo("It exited with 3.");
    assertThat(ExitStatus.say(128)).isEqualTo("It exited with 128.");
    assertThat(ExitStatus.say(137)).contains("it was killed");
    assertThat(ExitStatus.say(192)).isEqualTo("It exited with 192, which is signal 64.");
    assertThat(ExitStatus.say(193)).isEqualTo("It exited with 193.");
    assertThat(ExitStatus.say(200)).isEqualTo("It exited with 200.");
    assertThat(ExitStatus.say(255)).doesNotContain("signal").contains("gave up");
  }
}
