package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.golempipeline.node.Requestor.sh;
import static org.golempipeline.node.Requestor.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.files.GftpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our stand-in for {@code gftp server}, asked as SDKs ask it, and what providers see of it. */
class GftpContractTest extends NodeTest {
  @TempDir Path files;

  private final PipedOutputStream requests = new PipedOutputStream();
  private BufferedReader answers;
  private CompletableFuture<Boolean> server;

  @BeforeEach
  void startServer() throws IOException {
    serve(new GolemConnection(node.url(), node.appKey()));
  }

  private void serve(GolemConnection connection) throws IOException {
    PipedInputStream in = new PipedInputStream(requests, 1 << 16);
    PipedOutputStream out = new PipedOutputStream();
    answers =
        new BufferedReader(
            new InputStreamReader(new PipedInputStream(out, 1 << 16), StandardCharsets.UTF_8));
    server =
        CompletableFuture.supplyAsync(
            () -> {
              try (out) {
                GftpServer.serve(connection, in, out);
                return true;
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
  }

  @AfterEach
  void endOfRequestsIsTheEnd() throws Exception {
    requests.close();
    assertThat(server.get(120, TimeUnit.SECONDS)).isTrue();
  }

  private JsonNode ask(String line) throws IOException {
    requests.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    requests.flush();
    return Requestor.JSON.readTree(answers.readLine());
  }

  private JsonNode call(String method, Map<String, ?> params) throws IOException {
    JsonNode answer =
        ask(
            Requestor.text(
                Map.of("jsonrpc", "2.0", "id", "7", "method", method, "params", params)));
    assertThat(answer.get("jsonrpc").asText()).isEqualTo("2.0");
    assertThat(answer.get("id").asText()).isEqualTo("7");
    return answer;
  }

  private JsonNode result(String method, Map<String, ?> params) throws IOException {
    JsonNode answer = call(method, params);
    assertThat(answer.has("error")).as(answer.toString()).isFalse();
    return answer.get("result");
  }

  private int error(String method, Map<String, ?> params) throws IOException {
    return call(method, params).at("/error/code").asInt();
  }

  private String publish(Path file) throws IOException {
    JsonNode link = result("publish", Map.of("files", List.of(file.toString()))).get(0);
    assertThat(link.get("file").asText()).isEqualTo(file.toString());
    return link.get("url").asText();
  }

  private static String outcome(JsonNode results) {
    return results.get(0).get("result").asText();
  }

  @Test
  void filesGoToProvidersAndBack() throws Exception {
    Requestor.Machine machine = requestor.machine();
    byte[] content = new byte[300_000];
    new Random(1).nextBytes(content);
    Path in = Files.write(files.resolve("in it's"), content);
    Path out = files.resolve("out");
    String source = publish(in);
    assertThat(source).startsWith("gftp://" + requestor.identity() + "/");
    JsonNode link = result("receive", Map.of("output_file", out.toString()));
    assertThat(out).isEmptyFile();
    String sink = link.get("url").asText();

    JsonNode results =
        requestor.execute(
            machine.activity(),
            transfer(source, "container:/golem/work/x"),
            transfer("container:/golem/work/x", sink));

    assertThat(results).extracting(each -> each.get("result").asText()).containsOnly("Ok");
    assertThat(out).hasBinaryContent(content);
    // Providers that missed that they had finished write it again.
    requestor.execute(machine.activity(), sh("echo short > x"));
    assertThat(
            outcome(
                requestor.execute(machine.activity(), transfer("container:/golem/work/x", sink))))
        .isEqualTo("Ok");
    assertThat(out).hasContent("short");
  }

  @Test
  void closedUrlsAreNoUrlsAnyMore() throws Exception {
    Requestor.Machine machine = requestor.machine();
    Path file = Files.writeString(files.resolve("a"), "a");
    String url = publish(file);
    String again = publish(file);
    assertThat(result("close", Map.of("urls", List.of(url, url, "gftp://x/y"))).toString())
        .isEqualTo("[\"ok\",\"error\",\"error\"]");
    Waiting.until(
        () ->
            outcome(requestor.execute(machine.activity(), transfer(url, "container:/golem/work/x")))
                .equals("Error"));
    assertThat(
            outcome(
                requestor.execute(machine.activity(), transfer(again, "container:/golem/work/x"))))
        .isEqualTo("Ok");
    assertThat(result("shutdown", Map.of()).asText()).isEqualTo("ok");
    assertThat(server.get(120, TimeUnit.SECONDS)).isTrue();
    assertThat(
            outcome(
                requestor.execute(machine.activity(), transfer(again, "container:/golem/work/x"))))
        .isEqualTo("Error");
  }

  @Test
  void manyFilesCanBeReceived() throws Exception {
    Requestor.Machine machine = requestor.machine();
    requestor.execute(machine.activity(), sh("echo some > x"));
    String first = "";
    for (int i = 0; i < 70; i++) {
      Path file = files.resolve("f" + i);
      String url = result("receive", Map.of("output_file", file.toString())).get("url").asText();
      first = i == 0 ? url : first;
      if (i != 1) {
        requestor.execute(machine.activity(), transfer("container:/golem/work/x", url));
        assertThat(file).hasContent("some");
      }
    }
    // What has come is let go of at last; what has not is waited for.
    assertThat(result("close", Map.of("urls", List.of(first))).toString()).isEqualTo("[\"error\"]");
  }

  @Test
  void urlsOfItsOwnAreReadAndWritten() throws Exception {
    Path from = Files.writeString(files.resolve("from"), "text");
    Path to = files.resolve("to");
    Path copy = files.resolve("copy");
    String source = publish(from);
    String sink = result("receive", Map.of("output_file", to.toString())).get("url").asText();
    result("upload", Map.of("file", from.toString(), "url", sink));
    assertThat(to).hasContent("text");
    result("download", Map.of("url", source, "output_file", copy.toString()));
    assertThat(copy).hasContent("text");
    assertThat(error("download", Map.of("url", sink, "output_file", copy.toString())))
        .isEqualTo(-32000);
    assertThat(error("upload", Map.of("url", "gftp://x/y", "file", from.toString())))
        .isEqualTo(-32000);
  }

  @Test
  void whatIsNoRequestIsRefused() throws Exception {
    assertThat(ask("nonsense").at("/error/code").asInt()).isEqualTo(-32700);
    assertThat(ask("[]").at("/error/code").asInt()).isEqualTo(-32600);
    assertThat(ask("{\"id\":3,\"method\":\"version\"}").at("/error/code").asInt())
        .isEqualTo(-32600);
    assertThat(error("fly", Map.of())).isEqualTo(-32601);
    assertThat(error("publish", Map.of())).isEqualTo(-32602);
    assertThat(error("publish", Map.of("files", List.of()))).isEqualTo(-32600);
    assertThat(error("receive", Map.of("output_file", 3))).isEqualTo(-32602);
    JsonNode missing = call("publish", Map.of("files", List.of(files.resolve("none").toString())));
    assertThat(missing.at("/error/code").asInt()).isEqualTo(-32000);
    assertThat(missing.at("/error/message").asText()).contains("none", "no such file");
    assertThat(error("receive", Map.of("output_file", files.resolve("no/folder").toString())))
        .isEqualTo(-32000);
    assertThat(result("version", Map.of()).asText()).matches("\\d+\\.\\d+\\.\\d+ .*");
  }

  @Test
  void aDaemonThatIsNotThereIsNamed() throws Exception {
    requests.close();
    server.get(120, TimeUnit.SECONDS);
    PipedOutputStream others = new PipedOutputStream();
    PipedInputStream in = new PipedInputStream(others);
    Path file = Files.writeString(files.resolve("a"), "a");
    others.write(
        Requestor.text(
                Map.of(
                    "jsonrpc",
                    "2.0",
                    "id",
                    1,
                    "method",
                    "publish",
                    "params",
                    Map.of("files", List.of(file.toString()))))
            .getBytes(StandardCharsets.UTF_8));
    others.close();
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    GftpServer.serve(new GolemConnection(URI.create("http://127.0.0.1:1"), "key"), in, out);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("-32000", "no yagna daemon answers at http://127.0.0.1:1");
  }
}
