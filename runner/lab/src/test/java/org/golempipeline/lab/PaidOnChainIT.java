package org.golempipeline.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.file.Path;
import org.golempipeline.cli.ChildJvm;
import org.golempipeline.cli.Workspace;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a run accepts is paid: with {@code -Pchain}, since daemons take a minute or two for that.
 */
@Tag("chain")
@Timeout(600)
class PaidOnChainIT {
  private static final Path LOGS = Path.of("target/chain-lab");

  @TempDir Path folder;

  @Test
  void anAcceptedInvoiceArrivesInTheProvidersWallet() throws Exception {
    try (var chain = Chain.open(LOGS);
        var lab = Lab.open(LOGS, 1, ChildJvm.program(), chain.environment())) {
      var payer = lab.requestor().nodeId();
      var payee = lab.providers().get(0).daemon();
      chain.fund(payer, 10);
      var workspace = new Workspace(folder);
      lab.environment().forEach(workspace::with);
      workspace.write(
          "paid.yaml",
          """
          version: 1
          name: paid
          image: golem/alpine:latest
          run: echo done > "$out"
          output: result.txt
          budget: 1 GLM
          """);

      var ran = workspace.run("run", "paid.yaml", "--on", "golem");

      assertThat(ran.exitCode()).as(ran.err()).isZero();
      var invoice = lab.requestor().get("/payment-api/v1/invoices").get(0);
      var amount = new BigDecimal(invoice.get("amount").asText());
      assertThat(amount).isPositive();
      var settled = "/payment-api/v1/invoices/" + invoice.get("invoiceId").asText();
      Waiting.until(
          "payment on the chain",
          3,
          () -> payee.get(settled).get("status").asText().equals("SETTLED"));
      assertThat(lab.requestor().get(settled).get("status").asText()).isEqualTo("SETTLED");
      assertThat(chain.balance(payee.nodeId())).isEqualByComparingTo(amount);
      assertThat(chain.balance(payer).add(amount)).isEqualByComparingTo("10");
    }
  }
}
