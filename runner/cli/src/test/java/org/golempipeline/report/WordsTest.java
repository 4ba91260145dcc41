package org.golempipeline.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
  @ParameterizedTest
  @CsvSource({"0, 0", "999, 999", "-999, -999", "1000, '1,000'", "-1234567, '-1,234,567'"})
  void separatesThousands(long number, String words) {
    assertThat(Words.number(number)).isEqualTo(words);
  }

  @Test
  void separatesThousandsOfTheSmallestNumber() {
    assertThat(Words.number(Long.MIN_VALUE)).isEqualTo("-9,223,372,036,854,775,808");
  }

  @ParameterizedTest
  @CsvSource({
    "-500, -0.5 s",
    "-185000, -3 min 05 s",
    "0, 0.0 s",
    "49, 0.0 s",
    "50, 0.1 s",
    "449, 0.4 s",
    "1250, 1.3 s",
    "9949, 9.9 s",
    "9999, 10.0 s",
    "10000, 10 s",
    "185000, 3 min 05 s",
    "7800000, 2 h 10 min"
  })
  void roundsWhatTookLong(long milliseconds, String words) {
    assertThat(Words.duration(Duration.ofMillis(milliseconds))).isEqualTo(words);
  }
}
