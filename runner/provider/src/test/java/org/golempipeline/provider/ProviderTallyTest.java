package org.golempipeline.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class ProviderTallyTest {
  private final ProviderTally tally = new ProviderTally();

  @Test
  void saysWhatIsGoingOn() {
    assertThat(tally.text()).startsWith("0 offers, 0 agreements, 0 activities | 0 GLM earned, ");
    tally.add(new ProviderEvent.OfferPublished("o", "0x1", "team"));
    tally.add(new ProviderEvent.AgreementApproved("a", "0x2"));
    tally.add(new ProviderEvent.AgreementApproved("b", "0x2"));
    tally.add(new ProviderEvent.ActivityStarted("x", "a"));
    assertThat(tally.text()).startsWith("1 offer, 2 agreements, 1 activity | ");
    tally.add(new ProviderEvent.AgreementEnded("a", "Requestor", ""));
    tally.add(new ProviderEvent.ActivityEnded("x", BigDecimal.ONE));
    tally.add(new ProviderEvent.OfferWithdrawn("o"));
    assertThat(tally.text()).startsWith("0 offers, 1 agreement, 0 activities | ");
  }

  @Test
  void followsMoneyFromTheBillToThePayment() {
    sent("i", "0.5");
    sent("j", "0.250");
    assertThat(money()).isEqualTo("0 GLM earned, 0 of it to be paid yet; 0.75 billed");
    answered("i", "accepted");
    answered("i", "accepted");
    answered("j", "rejected");
    assertThat(money()).isEqualTo("0.5 GLM earned, 0.5 of it to be paid yet; 0.25 billed");
    answered("i", "settled");
    answered("j", "accepted");
    assertThat(money()).isEqualTo("0.75 GLM earned, 0.25 of it to be paid yet; 0 billed");
    answered("j", "settled");
    answered("of an earlier start", "settled");
    assertThat(money()).isEqualTo("0.75 GLM earned, 0 of it to be paid yet; 0 billed");
  }

  private void sent(String invoice, String amount) {
    assertThat(tally.add(new ProviderEvent.InvoiceSent("a", invoice, new BigDecimal(amount))))
        .isTrue();
  }

  private void answered(String invoice, String answer) {
    assertThat(tally.add(new ProviderEvent.InvoiceAnswered(invoice, answer))).isTrue();
  }

  private String money() {
    var text = tally.text();
    return text.substring(text.indexOf("| ") + 2, text.indexOf(" and not accepted yet"));
  }
}
