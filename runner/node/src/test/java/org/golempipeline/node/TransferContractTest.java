package org.golempipeline.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.golempipeline.node.Requestor.sh;
import static org.golempipeline.node.Requestor.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The inconvenient rules of transfers and of the file service. */
class TransferContractTest extends NodeTest {
  private Requestor.Machine machine;

  @Override
  Timings timings() {
    return Timings.REAL.withTransferRetry(Duration.ofMillis(50));
  }

  @BeforeEach
  void startMachine() {
    machine = requestor.machine();
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private static String sha3(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA3-256").digest(bytes));
  }

  private JsonNode execute(Map<String, Object> command) {
    return requestor.execute(machine.activity(), command).get(0);
  }

  private void ok(Map<String, Object> command) {
    JsonNode result = execute(command);
    assertThat(result.get("result").asText()).as(result.toString()).isEqualTo("Ok");
  }

  private String error(Map<String, Object> command) {
    JsonNode result = execute(command);
    assertThat(result.get("result").asText()).isEqualTo("Error");
    return result.get("message").asText();
  }

  @Test
  void movesBigFilesBothWays() throws Exception {
    byte[] content = random(1_000_003);
    FilePeer source = FilePeer.serving(requestor, "in", content);
    FilePeer sink = FilePeer.receiving(requestor, "out");
    ok(transfer(source.url, "container:/golem/work/deep/file"));
    assertThat(machine.folder().resolve("deep/file")).hasBinaryContent(content);
    ok(transfer("container:/golem/work/deep/file", sink.url));
    assertThat(sink.received.toByteArray()).isEqualTo(content);
    assertThat(sink.hash.get(120, TimeUnit.SECONDS)).isEqualTo(sha3(content));
    assertThat(source.messages).hasSize(1 + 25);
  }

  @Test
  void anEmptyFileIsOnlyItsEnd() throws Exception {
    FilePeer source = FilePeer.serving(requestor, "in", new byte[0]);
    FilePeer sink = FilePeer.receiving(requestor, "out");
    ok(transfer(source.url, "container:/golem/work/empty"));
    ok(transfer("container:/golem/work/empty", sink.url));
    assertThat(source.messages).containsExactly("GetMetadata");
    assertThat(sink.messages).containsExactly("UploadFinished");
  }

  @Test
  void onlyFilesInVolumesCanBeMoved() throws Exception {
    FilePeer source = FilePeer.serving(requestor, "in", random(10));
    ok(sh("ln -s /tmp out; ln -s /etc/passwd link"));
    for (String path :
        List.of(
            "/etc/x",
            "/golem/other/x",
            "/golem/work",
            "/golem/work/../../x",
            "/golem/work/out/x",
            machine.folder().getParent() + "/x")) {
      assertThat(error(transfer(source.url, "container:" + path)))
          .as(path)
          .contains("path not found in container");
    }
    assertThat(error(transfer("container:/golem/work/link", source.url)))
        .contains("path not found in container");
    assertThat(error(transfer("file:/etc/passwd", "container:/golem/work/x")))
        .contains("Unsupported scheme");
  }

  @Test
  void filesAreCopiedWithinTheMachine() throws Exception {
    ok(sh("echo one > a; echo another > b; mkdir folder; ln -s a link"));
    ok(transfer("container:/golem/work/a", "container:/golem/work/new/deep/c"));
    assertThat(machine.folder().resolve("new/deep/c")).hasContent("one");
    ok(transfer("container:/golem/work/a", "container:/golem/work/b"));
    assertThat(machine.folder().resolve("b")).hasContent("one");
    ok(transfer("container:/golem/work/a", "container:/golem/work/a"));
    ok(transfer("container:/golem/work/link", "container:/golem/work/a"));
    assertThat(machine.folder().resolve("a")).hasContent("one");
    for (String missing : List.of("none", "folder")) {
      assertThat(error(transfer("container:/golem/work/" + missing, "container:/golem/work/x")))
          .contains("No such file");
    }
    assertThat(error(transfer("container:/golem/work/a", "container:/golem/work/folder")))
        .isNotEmpty();
    assertThat(machine.folder().resolve("folder")).isDirectory();
  }

  @Test
  void formatsAreIgnored() throws Exception {
    FilePeer source = FilePeer.serving(requestor, "in", random(10));
    ok(
        Map.of(
            "transfer",
            Map.of("from", source.url, "to", "container:/golem/work/x", "format", "tar.gz")));
    assertThat(machine.folder().resolve("x")).hasBinaryContent(random(10));
    ok(sh("mkdir folder"));
    assertThat(
            error(
                Map.of(
                    "transfer",
                    Map.of(
                        "from",
                        "container:/golem/work/folder",
                        "to",
                        source.url,
                        "format",
                        "tar"))))
        .contains("No such file");
  }

  @Test
  void unknownServicesAndMissingFilesFail() throws Exception {
    FilePeer sink = FilePeer.receiving(requestor, "out");
    assertThat(error(transfer("container:/golem/work/none", sink.url))).contains("No such file");
    String url = "gftp://" + requestor.identity() + "/nobody";
    assertThat(error(transfer(url, "container:/golem/work/x")))
        .contains("endpoint address not found");
    assertThat(error(transfer("gftp://0x00/out", "container:/golem/work/x")))
        .contains("endpoint address not found");
  }

  @Test
  void messagesWaitForTheWebSocket() throws Exception {
    FilePeer source = new FilePeer(requestor, "late", random(100));
    String batch =
        requestor
            .exec(machine.activity(), transfer(source.url, "container:/golem/work/x"))
            .json()
            .asText();
    requestor.results(machine.activity(), batch, "commandIndex=0&timeout=0.2").expect(408);
    source.open();
    requestor.results(machine.activity(), batch, "commandIndex=0&timeout=10").expect(200);
    assertThat(machine.folder().resolve("x")).hasBinaryContent(random(100));
  }

  @Test
  void aSecondWebSocketReplacesTheFirst() throws Exception {
    FilePeer source = FilePeer.serving(requestor, "in", random(100));
    WebSocket first = source.socket();
    source.open();
    assertThat(source.closed.get(120, TimeUnit.SECONDS)).isEqualTo(1008);
    assertThat(first).isNotSameAs(source.socket());
    ok(transfer(source.url, "container:/golem/work/x"));
  }

  @Test
  void brokenConnectionsAreTriedAgain() throws Exception {
    FilePeer silent = new FilePeer(requestor, "in", random(100));
    String batch =
        requestor
            .exec(machine.activity(), transfer(silent.url, "container:/golem/work/x"))
            .json()
            .asText();
    silent.open();
    silent.socket().abort();
    silent.open();
    requestor.results(machine.activity(), batch, "commandIndex=0&timeout=20").expect(200);
    assertThat(machine.folder().resolve("x")).hasBinaryContent(random(100));
  }

  @Test
  void addressesAreBoundOnce() {
    Map<String, Object> listen =
        Map.of("listen", Map.of("on", "/public/gftp/a", "components", List.of("GetChunk")));
    Requestor.Answer bound = requestor.post("/gsb-api/v1/services", listen).expect(201);
    assertThat(bound.json().get("servicesId").asText()).isEqualTo("L3B1YmxpYy9nZnRwL2E");
    requestor.post("/gsb-api/v1/services", listen).expect(400);
    requestor
        .post("/gsb-api/v1/services", Map.of("listen", Map.of("on", "", "components", List.of())))
        .expect(400);
    requestor.delete("/gsb-api/v1/services/L3B1YmxpYy9nZnRwL2E").expect(200);
    requestor.delete("/gsb-api/v1/services/L3B1YmxpYy9nZnRwL2E").expect(404);
    requestor.post("/gsb-api/v1/services", listen).expect(201);
  }

  @Test
  void textFragmentsAndRubbishCloseTheWebSocket() throws Exception {
    FilePeer text = FilePeer.serving(requestor, "text", random(1));
    text.socket().sendText("hello", true).get(120, TimeUnit.SECONDS);
    assertThat(text.closed.get(120, TimeUnit.SECONDS)).isEqualTo(1003);
    FilePeer rubbish = FilePeer.serving(requestor, "rubbish", random(1));
    rubbish
        .socket()
        .sendBinary(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), true)
        .get(120, TimeUnit.SECONDS);
    assertThat(rubbish.closed.get(120, TimeUnit.SECONDS)).isEqualTo(1008);
    FilePeer fragments = FilePeer.serving(requestor, "fragments", random(1));
    fragments
        .socket()
        .sendBinary(ByteBuffer.wrap(new byte[] {1, 2}), false)
        .get(120, TimeUnit.SECONDS);
    assertThat(fragments.closed.get(120, TimeUnit.SECONDS)).isEqualTo(1008);
  }

  @Test
  void webSourcesAreFetchedAndHashesChecked() throws Exception {
    byte[] content = random(5000);
    Map<String, Integer> requests = new ConcurrentHashMap<>();
    HttpServer web =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/file",
        exchange -> {
          requests.merge(exchange.getRequestMethod(), 1, Integer::sum);
          boolean head = exchange.getRequestMethod().equals("HEAD");
          exchange.sendResponseHeaders(200, head ? -1 : content.length);
          if (!head) {
            exchange.getResponseBody().write(content);
          }
          exchange.close();
        });
    web.start();
    try {
      String url = "http://127.0.0.1:" + web.getAddress().getPort();
      ok(transfer("hash:sha3:" + sha3(content) + ":" + url + "/file", "container:/golem/work/x"));
      assertThat(machine.folder().resolve("x")).hasBinaryContent(content);
      assertThat(requests).containsOnlyKeys("HEAD", "GET");
      assertThat(
              error(
                  transfer(
                      "hash:sha3:" + sha3(new byte[0]) + ":" + url + "/file",
                      "container:/golem/work/y")))
          .contains("Hash mismatch");
      assertThat(error(transfer(url + "/none", "container:/golem/work/z"))).contains("404");
    } finally {
      web.stop(0);
    }
  }

  @Test
  void userAndPasswordOfUrlsAreTold() throws Exception {
    Map<String, String> told = new ConcurrentHashMap<>();
    HttpServer web =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/",
        exchange -> {
          String key = exchange.getRequestHeaders().getFirst("Authorization");
          told.put(exchange.getRequestMethod() + exchange.getRequestURI(), String.valueOf(key));
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    web.start();
    try {
      String host = "127.0.0.1:" + web.getAddress().getPort();
      ok(transfer("http://me:a%40b@" + host + "/get?x=me@", "container:/golem/work/x"));
      ok(transfer("container:/golem/work/x", "http://me@" + host + "/put"));
      ok(transfer("container:/golem/work/x", "http://" + host + "/bare"));
      String whole = "Basic " + Base64.getEncoder().encodeToString("me:a@b".getBytes(UTF_8));
      String user = "Basic " + Base64.getEncoder().encodeToString("me".getBytes(UTF_8));
      assertThat(told)
          .containsOnly(
              Map.entry("HEAD/get?x=me@", whole),
              Map.entry("GET/get?x=me@", whole),
              Map.entry("PUT/put", user),
              Map.entry("PUT/bare", "null"));
      String bad = "hash:sha3:" + "0".repeat(64) + ":http://me:secret@" + host + "/get";
      assertThat(error(transfer(bad, "container:/golem/work/y"))).doesNotContain("secret");
      for (String url : List.of("http://", "http:///x", "http://a b/x", "http:x")) {
        assertThat(error(transfer(url, "container:/golem/work/y"))).contains("Invalid url");
      }
    } finally {
      web.stop(0);
    }
  }

  @Test
  void resumingProvidersMixOldAndNew() throws Exception {
    Path file = machine.folder().resolve("x");
    Files.writeString(file, "OLD");
    FilePeer source =
        FilePeer.serving(requestor, "in", "new content".getBytes(StandardCharsets.UTF_8));
    ok(transfer(source.url, "container:/golem/work/x"));
    assertThat(file).hasContent("new content");
    node.faults().provider(0, ProviderFault.RESUMES_TRANSFERS);
    node.faults().provider(1, ProviderFault.RESUMES_TRANSFERS);
    Files.writeString(file, "OLD");
    ok(transfer(source.url, "container:/golem/work/x"));
    assertThat(file).hasContent("OLD content");
  }
}
