package org.golempipeline.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Providers that bill otherwise than agreed. */
class BillsOnGolemIT extends RealNetwork {
  @Test
  void anInvoiceOfTwiceTheAmountIsNotAccepted() throws Exception {
    lab.cheat(Accountant.Conduct.INVOICES_TWICE_THE_AMOUNT);
    runInDebt();
    assertThat(invoices())
        .isNotEmpty()
        .noneMatch(each -> each.get("status").asText().equals("ACCEPTED"));
  }

  @Test
  void usageThatNoClockAllowsIsNotPaid() throws Exception {
    lab.cheat(Accountant.Conduct.INFLATES_USAGE);
    runInDebt();
    assertThat(invoices())
        .isNotEmpty()
        .noneMatch(each -> each.get("status").asText().equals("ACCEPTED"));
  }

  @Test
  void aDaemonWhoseChainIsAwayIsSaidToBeSo() throws Exception {
    try (var accountant =
        Accountant.open(lab.requestor().url(), Accountant.Conduct.REACHES_NO_CHAIN)) {
      workspace.with("YAGNA_API_URL", accountant.url().toString());

      var doctor = workspace.run("doctor", "--on", "golem");
      assertThat(doctor.exitCode()).as(doctor.out()).isEqualTo(4);
      assertThat(doctor.out()).contains("Server is unreachable");

      write("public");
      var ran = run("alone.yaml");
      assertThat(ran.exitCode()).as(ran.err()).isEqualTo(4);
      assertThat(ran.err()).contains("Server is unreachable").doesNotContain("internalError");
    }
  }

  @Test
  void aResultIsNotHeldUpByAnInvoiceThatDoesNotCome() throws Exception {
    lab.cheat(Accountant.Conduct.SENDS_NO_INVOICE);
    runInDebt();
    assertThat(invoices()).isEmpty();
  }

  /** The result is there, and what it costs is not settled. */
  private void runInDebt() throws IOException {
    write(Lab.CHEATING);

    var ran = run("alone.yaml");

    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(5);
    assertThat(workspace.read("result.txt")).isEqualTo("done\n");
    assertNothingIsLeft();
  }

  private void write(String subnet) throws IOException {
    workspace.write(
        "alone.yaml",
        """
        version: 1
        name: alone
        image: golem/alpine:latest
        run: echo done > "$out"
        output: result.txt
        budget: 1 GLM
        golem: { subnet: %s }
        """
            .formatted(subnet));
  }
}
