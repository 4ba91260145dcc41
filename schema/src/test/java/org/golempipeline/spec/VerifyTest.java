package org.golempipeline.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerifyTest {
  /** A number is copies, a share an audit. */
  private static Verify verify(String text) {
    var words = text.split(" ");
    var local = words.length > 1 && words[1].equals("local");
    var form = words.length > 1 && !local ? words[1].toUpperCase(java.util.Locale.ROOT) : "BYTES";
    var tolerance = words.length > 2 ? new BigDecimal(words[2]) : BigDecimal.ZERO;
    var copies = !words[0].endsWith("%");
    return new Verify(
        copies ? Integer.parseInt(words[0]) : 1,
        copies ? BigDecimal.ZERO : new BigDecimal(words[0].replace("%", "")).movePointLeft(2),
        local,
        new Comparison(Comparison.Form.valueOf(form), tolerance));
  }

  @ParameterizedTest
  @CsvSource({
    "2, 2, true",
    "3, 2, true",
    "2, 3, false",
    "2, 5%, true",
    "2, 100%, true",
    "2, 1% local, false",
    "5%, 5%, true",
    "20%, 5%, true",
    "5%, 20%, false",
    "5%, 2, false",
    "100%, 2, true",
    "100%, 3, false",
    "5% local, 5%, true",
    "5% local, 5% local, true",
    "50%, 5% local, false",
    "2 bytes, 2 json, true",
    "2 text, 2 bytes, false",
    "2 json 0, 2 json 0.1, true",
    "2 json 0.1, 2 json 0.10, true",
    "2 json 0.1, 2 json 0.01, false",
    "2 json 0, 2 csv 0.1, false",
  })
  void whatWasCheckedOnceCoversWhatAsksForNoMore(String was, String asked, boolean covers) {
    assertThat(verify(was).covers(verify(asked))).isEqualTo(covers);
  }
}
