package org.golempipeline.golem.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.golempipeline.golem.market.Offers;
import org.junit.jupiter.api.Test;

final class BillTest {
  private final Bill bill = new Bill(Offers.offered());

  @Test
  void acceptsWhatAddsUp() {
    assertThat(note("0.0001472015", List.of(1.2, 20.5), 21)).isNull();
    assertThat(note("0", List.of(0.0, 0.0), 0)).isNull();
    assertThat(note("0.0001", List.of(1.2, 20.5), 21)).as("too little is fine").isNull();
  }

  @Test
  void toleratesRoundingInTheEighteenthDecimal() {
    assertThat(note("0.000147201500000001", List.of(1.2, 20.5), 21)).isNull();
  }

  @Test
  void showsTheArithmeticOfWhatIsTooMuch() {
    assertThat(note("0.0003", List.of(1.2, 20.5), 21))
        .isEqualTo(
            "0.0003 GLM is more than 0.000147202 = 0.0 + 0.00002777 × 1.2 + 0.000005555 × 20.5");
  }

  @Test
  void durationCannotExceedOurClock() {
    assertThat(note("0.0001", List.of(1.2, 60.0), 20))
        .isEqualTo(
            "golem.usage.duration_sec is 60.0, but cannot be more than 25.2000 after 20.000 s");
  }

  @Test
  void processorTimeCannotExceedThreadsTimesOurClock() {
    assertThat(note("0.001", List.of(200.0, 20.0), 20)).isNull();
    assertThat(note("0.001", List.of(202.0, 20.0), 20)).startsWith("golem.usage.cpu_sec is 202.0");
  }

  @Test
  void refusesNonsense() {
    assertThat(note("-1", List.of(0.0, 0.0), 1)).contains("negative");
    assertThat(note("0", List.of(0.0), 1)).isEqualTo("it states 1 counters instead of 2");
    assertThat(note("0", null, 1)).isEqualTo("it states 0 counters instead of 2");
    assertThat(note("0", List.of(0.0, Double.NaN), 1)).contains("NaN");
    assertThat(note("0", List.of(0.0, -1.0), 1)).contains("-1.0");
  }

  @Test
  void invoicesAreLimitedByTheLastUsageAndOurClock() {
    BigDecimal limit = bill.limit(Duration.ofSeconds(20), List.of(1.2, 19.0), Duration.ZERO);
    // cpu: 1.2 + 8 × 2 seconds that may be news; duration: 19 + 2, less than our 20 × 1.01 + 5
    assertThat(limit).isEqualByComparingTo("0.000594299");
    assertThat(Bill.invoiceObjection(new BigDecimal("0.0005"), List.of(limit))).isNull();
    assertThat(Bill.invoiceObjection(new BigDecimal("0.002"), List.of(limit)))
        .isEqualTo("0.002 GLM is more than 0.000594299 = 0.000594299");
    assertThat(Bill.invoiceObjection(new BigDecimal("0.1"), List.of()))
        .isEqualTo("0.1 GLM is more than 0 = no activity was started");
    assertThat(Bill.invoiceObjection(BigDecimal.ZERO, List.of())).isNull();
  }

  private String note(String amount, List<Double> usage, int seconds) {
    return bill.objection(new BigDecimal(amount), usage, Duration.ofSeconds(seconds));
  }
}
