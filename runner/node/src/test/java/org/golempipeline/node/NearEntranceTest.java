package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.golempipeline.golem.wire.NearDaemon;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What HTTP would answer, without HTTP. */
class NearEntranceTest {
  private static final String SCAN = "/market-api/v1/scan";

  @TempDir Path folder;
  private EmbeddedNode node;
  private NearDaemon daemon;

  @BeforeEach
  void start() throws IOException {
    node = EmbeddedNode.start(new NodeOptions(0, "key", 2, folder, 1, true).near());
    daemon = node.near().orElseThrow();
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /me, key, 200",
    "GET, /me, other, 401",
    "GET, /me?authToken=key, other, 401",
    "GET, /version/get, '', 200",
    "GET, /nowhere, key, 404",
    "DELETE, /me, key, 405",
    "GET, /market-api/v1/agreements/%41%2f, key, 404",
    "GET, /market-api/v1/agreements?state=Nothing, key, 400",
    "POST, /market-api/v1/demands, key, 400",
  })
  void everyRequestIsAnswered(String method, String path, String key, int status) throws Exception {
    assertThat(ask(method, path, key, "").status()).isEqualTo(status);
  }

  @Test
  void queriesAreDecoded() throws Exception {
    var answer = ask("GET", "/market-api/v1/agreements?state=a%26b+c&x", "key", "");
    assertThat(text(answer)).contains("unknown state a&b c");
  }

  @Test
  void bodiesHaveTheSizeThatHttpAllows() throws Exception {
    var answer = ask("POST", SCAN, "key", " ".repeat(2 * 1024 * 1024 + 1));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(text(answer)).contains("too large");
  }

  @Test
  void eventsComeAsLinesUntilSomebodyEndsThem() throws Exception {
    var id = text(ask("POST", SCAN, "key", "{\"type\":\"offer\"}")).replace("\"", "");
    var lines = new Lines();

    assertThat(follow(SCAN + "/" + id + "/events", lines).get(120, TimeUnit.SECONDS)).isTrue();

    assertThat(lines.all).hasSize(6);
    assertThat(lines.all.get(0)).isEqualTo("event: offer");
    assertThat(lines.all.get(1)).startsWith("data: {");
    assertThat(lines.all.get(2)).isEmpty();
    assertThat(lines.ended).isNotDone();
    assertThat(ask("DELETE", SCAN + "/" + id, "key", "").status()).isEqualTo(204);
    assertThat(lines.ended.get(120, TimeUnit.SECONDS)).isEqualTo("complete");
  }

  @Test
  void whereThereAreNoEventsThereIsNoStream() throws Exception {
    var lines = new Lines();
    assertThat(follow("/me", lines).get(120, TimeUnit.SECONDS)).isFalse();
    assertThat(follow(SCAN + "/7/events", lines).get(120, TimeUnit.SECONDS)).isFalse();
    assertThat(lines.all).isEmpty();
  }

  @Test
  void aConnectionThatBreaksIsNoAnswer() {
    node.faults().endpoint("GET", "/me", EndpointFault.LOST_REQUEST, 1, 1);
    node.faults().endpoint("GET", "/me", EndpointFault.LOST_ANSWER, 1, 1);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> ask("GET", "/me", "key", ""))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(Routes.Dropped.class);
    }
  }

  @Test
  void whoWaitsWhenTheNodeEndsHearsOfIt() throws Exception {
    var poll = call("GET", "/market-api/v1/agreementEvents?timeout=60", "key", "");
    assertThat(poll).isNotDone();
    var id = text(ask("POST", SCAN, "key", "{\"type\":\"offer\"}")).replace("\"", "");
    var lines = new Lines();
    assertThat(follow(SCAN + "/" + id + "/events", lines).get(120, TimeUnit.SECONDS)).isTrue();

    node.close();

    assertThat(lines.ended.get(120, TimeUnit.SECONDS)).isEqualTo("error");
    assertThatThrownBy(() -> poll.get(120, TimeUnit.SECONDS))
        .hasCauseInstanceOf(Routes.Dropped.class);
    assertThatThrownBy(() -> ask("GET", "/me", "key", ""))
        .hasCauseInstanceOf(ConnectException.class);
  }

  private CompletableFuture<NearDaemon.Answer> call(
      String method, String path, String key, String body) {
    return daemon.call(
        new NearDaemon.Request(
            method, path, key, "application/json", body.getBytes(StandardCharsets.UTF_8)));
  }

  private NearDaemon.Answer ask(String method, String path, String key, String body)
      throws Exception {
    return call(method, path, key, body).get(120, TimeUnit.SECONDS);
  }

  private CompletableFuture<Boolean> follow(String path, Lines lines) {
    return daemon.follow(
        new NearDaemon.Request("GET", path, "key", "text/event-stream", new byte[0]), lines);
  }

  private static String text(NearDaemon.Answer answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private static final class Lines implements Flow.Subscriber<String> {
    final List<String> all = new ArrayList<>();
    final CompletableFuture<String> ended = new CompletableFuture<>();

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(String line) {
      all.add(line);
    }

    @Override
    public void onError(Throwable error) {
      ended.complete("error");
    }

    @Override
    public void onComplete() {
      ended.complete("complete");
    }
  }
}
