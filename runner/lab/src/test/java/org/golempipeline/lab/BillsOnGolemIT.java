package org.golempipeline.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.golempipeline.cli.Workspace;
import org.junit.jupiter.api.Test;

/** Providers that bill otherwise than agreed. */
class BillsOnGolemIT extends RealNetwork {
  @Test
  void anInvoiceOfTwiceTheAmountIsNotAccepted() throws Exception {
    try (var cheater = lab.add("cheater", Accountant.Conduct.INVOICES_TWICE_THE_AMOUNT)) {
      var ran = runOn(cheater);

      assertThat(ran.exitCode()).as(ran.err()).isEqualTo(5);
      assertThat(workspace.read("result.txt")).isEqualTo("done\n");
      assertNothingIsLeft();
      assertThat(invoices())
          .isNotEmpty()
          .noneMatch(each -> each.get("status").asText().equals("ACCEPTED"));
    }
  }

  @Test
  void usageThatNoClockAllowsIsNotPaid() throws Exception {
    try (var inflating = lab.add("inflating", Accountant.Conduct.INFLATES_USAGE)) {
      var ran = runOn(inflating);

      assertThat(ran.exitCode()).as(ran.err()).isEqualTo(5);
      assertThat(workspace.read("result.txt")).isEqualTo("done\n");
      assertNothingIsLeft();
      assertThat(invoices())
          .isNotEmpty()
          .noneMatch(each -> each.get("status").asText().equals("ACCEPTED"));
    }
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
    try (var silent = lab.add("silent", Accountant.Conduct.SENDS_NO_INVOICE)) {
      var ran = runOn(silent);

      assertThat(ran.exitCode()).as(ran.err()).isEqualTo(5);
      assertThat(workspace.read("result.txt")).isEqualTo("done\n");
      assertThat(invoices()).isEmpty();
      assertThat(lab.requestor().get("/market-api/v1/agreements?state=Approved")).isEmpty();
    }
  }

  private Workspace.Ran runOn(Provider provider) throws IOException {
    write(provider.name());
    return run("alone.yaml");
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
