package org.golempipeline.golem.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.GolemEvent;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.GolemNetwork;
import org.golempipeline.golem.Rental;
import org.golempipeline.golem.RentalTerms;
import org.golempipeline.golem.Settlement;
import org.golempipeline.golem.http.FakeYagna;
import org.golempipeline.golem.http.FakeYagna.Answer;
import org.golempipeline.golem.market.Offers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
final class YagnaTest {
  private final List<GolemEvent> events = new CopyOnWriteArrayList<>();

  @Test
  void allocatesFollowsAndReleases() throws Exception {
    try (FakeYagna yagna = new FakeYagna();
        GolemNetwork network = open(yagna).get(120, TimeUnit.SECONDS)) {
      Settlement settlement = network.settle(Duration.ofSeconds(5)).get(120, TimeUnit.SECONDS);
      assertThat(settlement.outstanding()).isEmpty();
      assertThat(settlement.agreements()).isZero();
      assertThat(events).hasSize(2).first().isInstanceOf(GolemEvent.AllocationCreated.class);
      assertThat(events).last().isEqualTo(new GolemEvent.AllocationReleased("al"));
      assertThat(yagna.requests("POST /payment-api/v1/allocations").get(0))
          .contains("\"totalAmount\":\"1\"")
          .contains("\"timeout\":\"2030-01-01T00:00:00.123Z\"")
          .contains("\"paymentPlatform\":\"erc20-hoodi-tglm\"");
    }
  }

  /**
   * As long as a document cannot be read it is not accepted either, and GLM are not kept for it.
   */
  @Test
  void releasesAlsoIfADocumentCannotBeRead() throws Exception {
    try (FakeYagna yagna = new FakeYagna()) {
      yagna.on(
          "GET /payment-api/v1/invoiceEvents",
          Answer.ok(
              """
              [{"invoiceId":"inv","eventDate":"2030-01-01T00:00:00Z",
                "eventType":"InvoiceReceivedEvent"}]
              """),
          Answer.HOLD);
      try (GolemNetwork network = open(yagna).get(120, TimeUnit.SECONDS)) {
        // Before the invoice the notes are listed, and this daemon does not answer that.
        while (yagna.requests("GET /payment-api/v1/debitNoteEvents").size() < 2) {
          if (Thread.interrupted()) {
            throw new InterruptedException();
          }
          Thread.onSpinWait();
        }
        network.settle(Duration.ofMillis(50)).get(120, TimeUnit.SECONDS);
        assertThat(events).last().isEqualTo(new GolemEvent.AllocationReleased("al"));
      }
    }
  }

  @Test
  void saysHowToStartTheDaemon() {
    GolemException failure =
        failure(
            Yagna.open(
                new GolemConnection(URI.create("http://127.0.0.1:1"), "secret-key"),
                Offers.session(),
                events::add));
    assertThat(failure.kind()).isEqualTo(GolemException.Kind.YAGNA);
    assertThat(failure)
        .hasMessage(
            "Could not ask the daemon for its version: no yagna daemon answers at"
                + " http://127.0.0.1:1.");
    assertThat(failure.hint()).get().asString().contains("`yagna service run`");
  }

  @Test
  void saysThatTheKeyIsRefusedWithoutShowingIt() throws Exception {
    try (FakeYagna yagna = new FakeYagna()) {
      GolemConnection wrong = new GolemConnection(yagna.connection().url(), "other-key");
      GolemException failure = failure(Yagna.open(wrong, Offers.session(), events::add));
      assertThat(failure.kind()).isEqualTo(GolemException.Kind.YAGNA);
      assertThat(failure).hasMessageContaining("refuses the app-key");
      assertThat(failure.hint()).get().asString().contains("YAGNA_APPKEY");
      assertThat(failure + " " + failure.hint() + " " + wrong).doesNotContain("other-key");
    }
  }

  @Test
  void saysHowToGetFunds() throws Exception {
    try (FakeYagna yagna = new FakeYagna()) {
      yagna.on(
          "POST /payment-api/v1/allocations",
          new Answer(
              400,
              "{\"type\":\"/payment-api/v1/allocations/validation-error\",\"instance\":"
                  + "\"/payment-api/v1/allocations/validation-error/insufficient-account-funds\","
                  + "\"detail\":\"Insufficient funds\",\"requestedFunds\":\"1\"}"));
      GolemException failure = failure(open(yagna));
      assertThat(failure.kind()).isEqualTo(GolemException.Kind.PAYMENT);
      assertThat(failure).hasMessage("Could not allocate 1 GLM: Insufficient funds.");
      assertThat(failure.hint()).get().asString().contains("yagna payment fund");
      assertThat(yagna.requests("POST /payment-api/v1/allocations")).hasSize(1);
    }
  }

  /** What the daemon says of itself is of no use, but of its inside. */
  @Test
  void theCauseInsideTheDaemonIsSaid() throws Exception {
    try (FakeYagna yagna = new FakeYagna()) {
      yagna.on(
          "POST /payment-api/v1/allocations",
          new Answer(
              500,
              "{\"type\":\"/payment-api/v1/allocations/internal-error\",\"detail\":"
                  + "\"Unhandled internal error\",\"internalError\":\"Server is unreachable\"}"));
      GolemException failure = failure(open(yagna));
      assertThat(failure.kind()).isEqualTo(GolemException.Kind.PAYMENT);
      assertThat(failure)
          .hasMessage("Could not allocate 1 GLM: Unhandled internal error: Server is unreachable.");
      assertThat(failure.hint()).get().asString().contains("yagna payment status");
    }
  }

  @Test
  void refusesAnOldDaemon() throws Exception {
    try (FakeYagna yagna = new FakeYagna()) {
      yagna.on("GET /version/get", Answer.ok("{\"current\":{\"version\":\"0.14.9\"}}"));
      assertThat(failure(open(yagna))).hasMessageContaining("too old");
    }
  }

  @Test
  void findsTheAllocationWhoseAnswerWasLost() throws Exception {
    try (FakeYagna yagna = new FakeYagna()) {
      yagna.on("POST /payment-api/v1/allocations", Answer.BREAK);
      yagna.on(
          "GET /payment-api/v1/allocations",
          Answer.ok(
              "["
                  + FakeYagna.allocation().replace("00.123Z", "00.124Z").replace("\"al\"", "\"x\"")
                  + ","
                  + FakeYagna.allocation()
                  + "]"));
      try (GolemNetwork network = open(yagna).get(120, TimeUnit.SECONDS)) {
        assertThat(network.settle(Duration.ofSeconds(5)).get(120, TimeUnit.SECONDS).outstanding())
            .isEmpty();
      }
      assertThat(yagna.requests("POST /payment-api/v1/allocations")).hasSize(1);
      assertThat(yagna.requests("DELETE /payment-api/v1/allocations/al")).hasSize(1);
    }
  }

  @Test
  void releasesTheAllocationWhenOpeningFailsLater() throws Exception {
    try (FakeYagna yagna = new FakeYagna()) {
      yagna.on("GET /payment-api/v1/demandDecorations", new Answer(400, "{\"message\":null}"));
      assertThat(failure(open(yagna))).hasMessageContaining("HTTP 400");
      assertThat(yagna.requests("DELETE /payment-api/v1/allocations/al")).hasSize(1);
    }
  }

  @Test
  void saysWhyNobodyWasRented() throws Exception {
    try (FakeYagna yagna = new FakeYagna()) {
      yagna.on(
          "GET /market-api/v1/demands/demand-1/events",
          Answer.ok(
              """
              [{"eventType":"ProposalEvent","eventDate":"2025-06-01T10:00:07Z","proposal":
                {"properties":{"golem.com.pricing.model":"linear",
                   "golem.com.usage.vector":["golem.usage.duration_sec"],
                   "golem.com.pricing.model.linear.coeffs":[5.0,0.0],
                   "golem.com.payment.platform.erc20-hoodi-tglm.address":"0xw"},
                 "constraints":"(&)","proposalId":"R-1","issuerId":"0xda","state":"Initial"}},
               {"eventType":"ProposalEvent"},
               {"eventType":"ProposalEvent","eventDate":"2025-06-01T10:00:07Z","proposal":
                {"properties":{},"constraints":"(&)","proposalId":"R-2","issuerId":"0xdb","state":"Initial"}}]
              """),
          Answer.HOLD);
      try (GolemNetwork network = open(yagna).get(120, TimeUnit.SECONDS)) {
        RentalTerms terms = Offers.priced(null, null, java.math.BigDecimal.ONE);
        GolemException failure = failure(network.rent(terms));
        assertThat(failure.kind()).isEqualTo(GolemException.Kind.MARKET);
        assertThat(failure)
            .hasMessage(
                "Could not rent a machine within 1 s: 2 providers were seen, 1 too expensive per"
                    + " second, 1 without a linear price.");
        network.settle(Duration.ofSeconds(5)).get(120, TimeUnit.SECONDS);
        assertThat(yagna.requests("DELETE /market-api/v1/demands/demand-1")).hasSize(1);
      }
    }
  }

  @Test
  void cancelledRequestsAreForgotten() throws Exception {
    try (FakeYagna yagna = new FakeYagna()) {
      yagna.on("GET /market-api/v1/demands/demand-1/events", Answer.HOLD);
      try (GolemNetwork network = open(yagna).get(120, TimeUnit.SECONDS)) {
        CompletableFuture<Rental> rental = network.rent(Offers.terms(Instant.now()));
        rental.cancel(true);
        Settlement settlement = network.settle(Duration.ofSeconds(5)).get(120, TimeUnit.SECONDS);
        assertThat(settlement.outstanding()).isEmpty();
        GolemException late = failure(network.rent(Offers.terms(Instant.now())));
        assertThat(late.kind()).isEqualTo(GolemException.Kind.CANCELLED);
      }
    }
  }

  private CompletableFuture<GolemNetwork> open(FakeYagna yagna) {
    return Yagna.open(yagna.connection(), Offers.session(), events::add);
  }

  private static GolemException failure(CompletableFuture<?> future) {
    Throwable thrown = catchThrowable(() -> future.get(120, TimeUnit.SECONDS));
    assertThat(thrown).isInstanceOf(ExecutionException.class);
    assertThat(thrown.getCause()).isInstanceOf(GolemException.class);
    return (GolemException) thrown.getCause();
  }
}
