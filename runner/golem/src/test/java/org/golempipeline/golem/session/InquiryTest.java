package org.golempipeline.golem.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.http.FakeYagna;
import org.golempipeline.golem.http.FakeYagna.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
final class InquiryTest {
  /** Longer than any answer takes, but for a daemon that says nothing. */
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private FakeYagna daemon;

  @BeforeEach
  void start() throws IOException {
    daemon = new FakeYagna();
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  @Test
  void asksWhoItIs() throws Exception {
    try (var inquiry = inquiry(daemon.connection())) {
      assertThat(get(inquiry.version())).isEqualTo("0.17.6");
      assertThat(get(inquiry.identity())).isEqualTo("0xme");
    }
  }

  @Test
  void countsWhatIsReservedOnThePlatform() throws Exception {
    var other = FakeYagna.allocation().replace("hoodi", "holesky");
    daemon.on(
        "GET /payment-api/v1/allocations",
        Answer.ok("[%s,%s,%s]".formatted(FakeYagna.allocation(), other, FakeYagna.allocation())));
    try (var inquiry = inquiry(daemon.connection())) {
      assertThat(get(inquiry.reserved("erc20-hoodi-tglm")))
          .isEqualTo(new Inquiry.Reserved(2, new BigDecimal("2")));
      assertThat(daemon.requests("POST")).isEmpty();
    }
  }

  @Test
  void whatIsReservedOnTrialIsReleased() throws Exception {
    try (var inquiry = inquiry(daemon.connection())) {
      get(inquiry.tryToReserve("erc20-hoodi-tglm"));
      assertThat(daemon.requests("POST /payment-api/v1/allocations"))
          .singleElement()
          .asString()
          .contains("\"totalAmount\":\"0.000001\"");
      assertThat(daemon.requests("DELETE /payment-api/v1/allocations/al")).hasSize(1);
    }
  }

  @Test
  void looksAtOffersAndStopsLooking() throws Exception {
    var offer =
        "{\"properties\":{},\"constraints\":\"()\",\"offerId\":\"o\",\"providerId\":\"%s\"}";
    daemon
        .on("POST /market-api/v1/scan", new Answer(201, "\"7\""))
        .on(
            "GET /market-api/v1/scan/7/events",
            Answer.ok("[%s,%s,%s]".formatted(offer, offer, offer).formatted("0x1", "0x2", "0x1")))
        .on("DELETE /market-api/v1/scan/7", new Answer(204, ""));
    try (var inquiry = inquiry(daemon.connection())) {
      assertThat(get(inquiry.providers("public"))).isEqualTo(2);
    }
    assertThat(daemon.requests("POST"))
        .singleElement()
        .asString()
        .contains("(&(golem.node.debug.subnet=public)(golem.runtime.name=vm))");
    assertThat(daemon.requests("DELETE")).hasSize(1);
  }

  @Test
  void stopsLookingAlsoIfOffersDoNotCome() throws Exception {
    daemon
        .on("POST /market-api/v1/scan", new Answer(201, "\"7\""))
        .on("GET /market-api/v1/scan/7/events", new Answer(500, "{\"message\":\"broken\"}"));
    try (var inquiry = inquiry(daemon.connection())) {
      assertThat(failure(inquiry.providers("public")))
          .hasMessage("Could not look at offers: broken.");
    }
    assertThat(daemon.requests("DELETE /market-api/v1/scan/7")).hasSize(1);
  }

  @Test
  void saysThatTheKeyIsRefusedWithoutNamingIt() {
    var wrong = new GolemConnection(daemon.connection().url(), "other-key");
    try (var inquiry = inquiry(wrong)) {
      assertThat(failure(inquiry.identity()))
          .hasMessageContaining("refuses the app-key")
          .hasMessageNotContaining("other-key");
    }
  }

  @Test
  void waitsNoLongerThanTheLimitForAnyAnswer() {
    daemon
        .on("GET /version/get", Answer.HOLD)
        .on("GET /me", Answer.HOLD)
        .on("POST /market-api/v1/scan", Answer.HOLD);
    try (var inquiry = impatient(daemon.connection())) {
      assertThat(failure(inquiry.version())).hasMessageContaining("said nothing for 1 s");
      assertThat(failure(inquiry.identity())).hasMessageContaining("no answer within 1 s");
      assertThat(failure(inquiry.providers("public"))).hasMessageContaining("within 1 s");
    }
    assertThat(daemon.requests("GET /me")).hasSize(1);
  }

  @Test
  void waitsNoLongerForABodyThatNeverEnds() throws IOException {
    try (var server = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{");
        var inquiry = impatient(server.connection())) {
      assertThat(failure(inquiry.version())).hasMessageContaining("said nothing for 1 s");
    }
  }

  @Test
  void knowsWhatIsNoDaemon() {
    for (var body : new String[] {"<html><body>Welcome</body></html>", "{}", "[]", "null", ""}) {
      daemon.on("GET /version/get", Answer.ok(body));
      try (var inquiry = inquiry(daemon.connection())) {
        assertThat(failure(inquiry.version()))
            .hasMessage(
                "What listens at %s is no yagna daemon: it answers something else than its version."
                    .formatted(daemon.connection().url()));
      }
    }
    daemon.on("GET /version/get", new Answer(404, "<html>Not found</html>"));
    try (var inquiry = inquiry(daemon.connection())) {
      assertThat(failure(inquiry.version())).hasMessageEndingWith("it answers HTTP 404.");
    }
  }

  @Test
  void saysThatNobodyListens() {
    daemon.close();
    try (var inquiry = inquiry(daemon.connection())) {
      assertThat(failure(inquiry.version())).hasMessageContaining("no yagna daemon answers at");
    }
  }

  @Test
  void refusesDaemonsThatAreTooOld() {
    daemon.on("GET /version/get", Answer.ok("{\"current\":{\"version\":\"0.14.9\"}}"));
    try (var inquiry = inquiry(daemon.connection())) {
      assertThat(failure(inquiry.version())).hasMessageContaining("too old");
    }
  }

  /** The server of the JDK puts the time into its answers. */
  @Test
  void comparesClocks() throws Exception {
    var behind = Clock.fixed(Instant.now().minusSeconds(600), ZoneOffset.UTC);
    try (var inquiry = new Inquiry(daemon.connection(), LIMIT, behind)) {
      assertThat(get(inquiry.ahead()).orElseThrow())
          .isBetween(Duration.ofSeconds(590), Duration.ofSeconds(640));
    }
  }

  @Test
  void aDaemonMayKeepItsTimeToItself() throws Exception {
    try (var server = new RawServer("HTTP/1.1 200 OK\r\nDate: noon\r\nContent-Length: 0\r\n\r\n");
        var inquiry = inquiry(server.connection())) {
      assertThat(get(inquiry.ahead())).isEmpty();
    }
  }

  @Test
  void knowsWhatSpeaksAnotherProtocol() throws Exception {
    try (var server = new RawServer("SSH-2.0-OpenSSH_9.6\r\n");
        var inquiry = inquiry(server.connection())) {
      assertThat(failure(inquiry.version())).hasMessageEndingWith("it speaks no HTTP.");
    }
  }

  /** Says the same to everybody, and then nothing more. */
  private static final class RawServer implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

    RawServer(String text) throws IOException {
      var talker = new Thread(() -> talk(text.getBytes(StandardCharsets.UTF_8)));
      talker.setDaemon(true);
      talker.start();
    }

    private void talk(byte[] text) {
      try (var socket = server.accept()) {
        socket.getOutputStream().write(text);
        socket.getInputStream().readAllBytes();
      } catch (IOException e) {
        // the test is over
      }
    }

    GolemConnection connection() {
      return new GolemConnection(
          URI.create("http://127.0.0.1:" + server.getLocalPort()), "secret-key");
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  /** For a daemon that says nothing. */
  private static Inquiry impatient(GolemConnection connection) {
    return new Inquiry(connection, Duration.ofSeconds(1), Clock.systemUTC());
  }

  private static Inquiry inquiry(GolemConnection connection) {
    return new Inquiry(connection, LIMIT, Clock.systemUTC());
  }

  private static <T> T get(CompletableFuture<T> answer) throws Exception {
    return answer.get(120, TimeUnit.SECONDS);
  }

  private static GolemException failure(CompletableFuture<?> answer) {
    var thrown = catchThrowable(() -> get(answer));
    assertThat(thrown).isInstanceOf(ExecutionException.class);
    assertThat(thrown.getCause()).isInstanceOf(GolemException.class);
    return (GolemException) thrown.getCause();
  }
}
