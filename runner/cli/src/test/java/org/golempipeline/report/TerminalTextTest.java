package org.golempipeline.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TerminalTextTest {
  @Test
  void makesControlCharactersVisible() {
    assertThat(TerminalText.safe("a\033[2J\r\u009bb\tc\u202ed"))
        .isEqualTo("a\\x1b[2J\\x0d\\x9bb c\\u202ed");
    assertThat(TerminalText.safe("größer 漢字 🙂")).isEqualTo("größer 漢字 🙂");
    assertThat(TerminalText.safeLines("a\033\nb")).isEqualTo("a\\x1b\nb\n");
  }

  @Test
  void knowsHowWideCharactersAre() {
    assertThat(TerminalText.width("abc")).isEqualTo(3);
    assertThat(TerminalText.width("漢字")).isEqualTo(4);
    assertThat(TerminalText.width("e\u0301")).isEqualTo(1);
    assertThat(TerminalText.width("🙂")).isEqualTo(2);
  }

  @Test
  void cutsWhatDoesNotFit() {
    assertThat(TerminalText.fit("abcdef", 6)).isEqualTo("abcdef");
    assertThat(TerminalText.fit("abcdef", 4)).isEqualTo("abc…");
    assertThat(TerminalText.fit("漢字漢字", 4)).isEqualTo("漢…");
    assertThat(TerminalText.fit("abc", 0)).isEmpty();
  }
}
