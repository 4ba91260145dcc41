package org.golempipeline.golem.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.golempipeline.golem.GolemException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
final class ImageRegistryTest {
  private static final String SHA3 = "041dff02cee737443e210471948d33296c87009e8a7f770d9106fd28";

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;
  private int status = 200;
  private String body = "";

  /** How many bytes of the body come before nothing more does; -1 for all. */
  private int stuckAfter = -1;

  private Duration patience = Duration.ofSeconds(100);

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          requests.add(exchange.getRequestURI().toString());
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
          if (stuckAfter >= 0) {
            exchange.getResponseBody().write(bytes, 0, stuckAfter);
            exchange.getResponseBody().flush();
            try {
              end.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          } else {
            exchange.getResponseBody().write(bytes);
          }
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void findsTags() throws Exception {
    body =
        "{\"http\":\"http://r/1\",\"https\":\"https://r/1\",\"sha3\":\""
            + SHA3.toUpperCase(java.util.Locale.ROOT)
            + "\",\"size\":7}";
    assertThat(resolve("golem/alpine:latest"))
        .isEqualTo(new ImageRegistry.Answer.Found(SHA3, "https://r/1", 7));
    assertThat(requests).containsExactly("/v1/image/info?count=true&tag=golem%2Falpine%3Alatest");
  }

  @Test
  void findsHashes() throws Exception {
    body = "{\"http\":\"http://r/1\",\"sha3\":\"" + SHA3 + "\"}";
    assertThat(resolve(SHA3)).isEqualTo(new ImageRegistry.Answer.Found(SHA3, "http://r/1", 0));
    assertThat(requests).containsExactly("/v1/image/info?count=true&hash=" + SHA3);
    assertThat(failure(SHA3.replace('0', '1'))).hasMessageContaining("another image");
  }

  @Test
  void saysWhyATagIsUnknown() throws Exception {
    status = 404;
    body = "Image not found.\n";
    assertThat(resolve("golem/none:latest"))
        .isEqualTo(new ImageRegistry.Answer.Unknown("Image not found."));
    body = "<html><body>Not found</body></html>";
    assertThat(resolve("golem/none:latest"))
        .isEqualTo(new ImageRegistry.Answer.Unknown("HTTP 404"));
    body = "";
    assertThat(resolve("golem/none:latest"))
        .isEqualTo(new ImageRegistry.Answer.Unknown("HTTP 404"));
  }

  @Test
  void refusesAnswersThatMakeNoSense() {
    for (String garbage :
        new String[] {
          "",
          "no JSON",
          "[]",
          "null",
          "{\"sha3\":\"12\",\"http\":\"http://r/1\"}",
          "{\"sha3\":\"" + SHA3 + "\"}",
          "{\"sha3\":\"" + SHA3 + "\",\"http\":\"file:///etc/passwd\"}"
        }) {
      body = garbage;
      assertThat(failure("golem/alpine:latest"))
          .hasMessageStartingWith("Could not find the image `golem/alpine:latest`: ")
          .hasMessageContaining(url());
    }
    status = 502;
    body = "<html>Bad gateway</html>";
    assertThat(failure("golem/alpine:latest")).hasMessageContaining("answers: HTTP 502");
  }

  @Test
  void doesNotWaitForEver() {
    patience = Duration.ofSeconds(1);
    body = "{\"http\":\"http://r/1\",\"sha3\":\"" + SHA3 + "\"}";
    stuckAfter = 0;
    assertThat(failure("golem/alpine:latest")).hasMessageContaining("within 1 s");
    stuckAfter = 5;
    assertThat(failure("golem/alpine:latest")).hasMessageContaining("within 1 s");
  }

  @Test
  void saysWhereNobodyAnswers() {
    server.stop(0);
    assertThat(failure("golem/alpine:latest"))
        .hasMessageContaining("no answer from " + url())
        .hasMessageNotContaining("Exception");
  }

  @Test
  void refusesARegistryThatIsNotOnTheWeb() {
    for (String url : new String[] {"registry.golem.network", "file:///x", "http:///x"}) {
      assertThatThrownBy(() -> new ImageRegistry(URI.create(url)))
          .as(url)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private ImageRegistry.Answer resolve(String image) throws Exception {
    return new ImageRegistry(URI.create(url() + "/"), patience)
        .resolve(image)
        .get(120, TimeUnit.SECONDS);
  }

  private GolemException failure(String image) {
    Throwable thrown = catchThrowable(() -> resolve(image));
    assertThat(thrown).isInstanceOf(ExecutionException.class);
    assertThat(thrown.getCause()).isInstanceOf(GolemException.class);
    return (GolemException) thrown.getCause();
  }
}
