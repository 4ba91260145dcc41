package org.golempipeline.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class WarningsTest {
  private final ArrayList<String> shown = new ArrayList<>();
  private final Warnings warnings = new Warnings(shown::add);

  @Test
  void showsASentenceOnceInOneLine() {
    warnings.say("Two\nlines,\tand \u001b[31mred\u0000.");
    warnings.say("Two lines, and  [31mred .");
    warnings.say(" \n");

    assertThat(shown).containsExactly("Two lines, and [31mred .");
  }

  @Test
  void showsABoundedNumberOfThem() {
    for (var i = 0; i < 1000; i++) {
      warnings.say("Warning " + i + ".");
    }

    assertThat(shown)
        .hasSize(21)
        .endsWith("Warning 19.", "More warnings like these are not shown.");
  }

  @Test
  void cutsWhatIsNoSentence() {
    warnings.say("x".repeat(100_000));

    assertThat(shown).containsExactly("x".repeat(1000) + "...");
  }
}
