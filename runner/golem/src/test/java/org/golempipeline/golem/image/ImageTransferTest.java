package org.golempipeline.golem.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.golempipeline.golem.GolemException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A registry that does as gvmkit-build expects, on loopback. */
@Timeout(240)
final class ImageTransferTest {
  private static final int CHUNK = 1000;

  @TempDir Path folder;
  private HttpServer server;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final Map<Integer, byte[]> chunks = new TreeMap<>();
  private byte[] descriptor = new byte[0];
  private byte[] image = new byte[0];
  private String tag = "";
  private int looksUntilFull;
  private int failAtChunk = -1;
  private boolean ranges = true;

  @BeforeEach
  void start() throws IOException {
    image = new byte[3500];
    new Random(7).nextBytes(image);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void anImageIsPublishedPartByPart() throws Exception {
    looksUntilFull = 2;
    var said = new ArrayList<String>();
    var published = upload(said).push(file(), Optional.empty());

    var bytes = ByteBuffer.wrap(descriptor);
    assertThat(bytes.getLong()).isEqualTo(0x333333334L);
    assertThat(bytes.getLong()).isEqualTo(3500);
    assertThat(bytes.getLong()).isEqualTo(CHUNK);
    assertThat(HexFormat.of().formatHex(descriptor, 24, 52)).isEqualTo(sha3());
    assertThat(descriptor).hasSize(52 + 4 * 32);
    assertThat(together()).isEqualTo(image);
    assertThat(published)
        .isEqualTo(new ImageUpload.Published(url() + "/download/" + sha256(descriptor), sha3()));
    assertThat(said).containsExactly("part 1 of 4", "part 2 of 4", "part 3 of 4", "part 4 of 4");
    assertThat(requests).noneMatch(each -> each.contains("attach"));
  }

  @Test
  void onlyWhatIsMissingIsSentAgain() throws Exception {
    failAtChunk = 2;
    var upload = upload(new ArrayList<>());
    var file = file();
    assertThatThrownBy(() -> upload.push(file, Optional.empty()))
        .isInstanceOf(GolemException.class)
        .hasMessageContaining("Could not publish the image: ")
        .hasMessageContaining("no room");
    failAtChunk = -1;
    requests.clear();
    upload.push(file, Optional.empty());
    assertThat(requests).filteredOn(each -> each.contains("push/chunk")).hasSize(2);
    assertThat(requests).noneMatch(each -> each.contains("push/descr"));
    assertThat(together()).isEqualTo(image);

    requests.clear();
    upload.push(file, Optional.empty());
    assertThat(requests).noneMatch(each -> each.startsWith("POST"));
  }

  @Test
  void aTagIsCheckedBeforeAndGivenAfter() throws Exception {
    var name = new ImageUpload.Name("me/my.image:v1", "me", "secret");
    upload(new ArrayList<>()).push(file(), Optional.of(name));
    assertThat(tag).isEqualTo("me/my.image:v1 by me with secret");
    assertThat(requests.get(0)).contains("attach").contains("check");
    assertThat(requests.get(requests.size() - 1)).contains("attach").doesNotContain("check");
    assertThat(name.toString()).doesNotContain("secret");

    requests.clear();
    var wrong = new ImageUpload.Name("me/my.image:v1", "me", "wrong");
    var upload = upload(new ArrayList<>());
    assertThatThrownBy(() -> upload.push(file(), Optional.of(wrong)))
        .isInstanceOf(GolemException.class)
        .hasMessageContaining("not yours");
    assertThat(requests).hasSize(1);
  }

  @Test
  void aRegistryThatNeverHasAllOfItIsAnError() throws Exception {
    looksUntilFull = 1000;
    var upload = upload(new ArrayList<>());
    assertThatThrownBy(() -> upload.push(file(), Optional.empty()))
        .isInstanceOf(GolemException.class)
        .hasMessageContaining("does not say that it has all of it");
  }

  @Test
  void anImageIsDownloadedAndItsHashIsChecked() throws Exception {
    var part = folder.resolve("part");
    download(sha3(), 3500).into(part);
    assertThat(Files.readAllBytes(part)).isEqualTo(image);
    requests.clear();
    download(sha3(), 3500).into(part);
    assertThat(requests).isEmpty();

    var wrong = folder.resolve("wrong");
    assertThatThrownBy(() -> download("0".repeat(56), 3500).into(wrong))
        .isInstanceOf(GolemException.class)
        .hasMessageContaining("has another hash");
    assertThat(wrong).doesNotExist();
    assertThatThrownBy(() -> download(sha3(), 10).into(wrong))
        .hasMessageContaining("is larger than the registry says");
    assertThat(Files.size(wrong)).isZero();
  }

  @Test
  void aDownloadGoesOnWhereItEnded() throws Exception {
    var part = Files.write(folder.resolve("part"), Arrays.copyOf(image, 1234));
    download(sha3(), 3500).into(part);
    assertThat(Files.readAllBytes(part)).isEqualTo(image);
    assertThat(requests).containsExactly("GET /image bytes=1234-");

    ranges = false;
    Files.write(part, Arrays.copyOf(image, 1234));
    download(sha3(), 3500).into(part);
    assertThat(Files.readAllBytes(part)).isEqualTo(image);

    ranges = true;
    Files.write(part, new byte[5000]);
    download(sha3(), 0).into(part);
    assertThat(Files.readAllBytes(part)).isEqualTo(image);
  }

  private ImageDownload download(String sha3, long size) {
    return new ImageDownload(
        new ImageRegistry.Answer.Found(sha3, url() + "/image", size), count -> {});
  }

  private ImageUpload upload(List<String> said) {
    return new ImageUpload(URI.create(url() + "/"), CHUNK, Duration.ofMillis(1), said::add);
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private Path file() throws IOException {
    return Files.write(folder.resolve("image.gvmi"), image);
  }

  // ---- the registry

  private void answer(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath();
    var range = exchange.getRequestHeaders().getFirst("Range");
    var fields = new LinkedHashMap<String, byte[]>();
    var type = exchange.getRequestHeaders().getFirst("Content-Type");
    if (type != null) {
      fields.putAll(parts(exchange.getRequestBody().readAllBytes(), type));
    }
    requests.add(
        "%s %s%s%s"
            .formatted(
                exchange.getRequestMethod(),
                path,
                range == null ? "" : " " + range,
                fields.containsKey("check") ? " check" : ""));
    if (path.equals("/image")) {
      give(exchange, range);
    } else if (path.startsWith("/v1/image/descr/attach/")) {
      attach(exchange, fields);
    } else if (path.startsWith("/v1/image/descr/")) {
      say(exchange, 200, state(path.substring("/v1/image/descr/".length())));
    } else if (path.equals("/v1/image/push/descr")) {
      descriptor = fields.get("file");
      say(exchange, 200, "ok");
    } else if (path.equals("/v1/image/push/chunk")) {
      take(exchange, fields);
    } else {
      say(exchange, 404, "no such page");
    }
  }

  private void take(HttpExchange exchange, Map<String, byte[]> fields) throws IOException {
    var number = Integer.parseInt(text(fields, "chunk-no"));
    var bytes = fields.get("file");
    var right =
        text(fields, "chunk-sha256").equals(sha256(bytes))
            && text(fields, "chunk-pos").equals(String.valueOf(number * CHUNK))
            && text(fields, "chunk-len").equals(String.valueOf(bytes.length))
            && text(fields, "descr-sha256").equals(sha256(descriptor));
    if (number == failAtChunk) {
      say(exchange, 500, "no room");
    } else if (right) {
      chunks.put(number, bytes);
      say(exchange, 200, "ok");
    } else {
      say(exchange, 400, "wrong");
    }
  }

  private void attach(HttpExchange exchange, Map<String, byte[]> fields) throws IOException {
    if (!text(fields, "token").equals("secret")) {
      say(exchange, 401, "not yours");
      return;
    }
    if (!fields.containsKey("check")) {
      tag =
          "%s/%s:%s by %s with %s"
              .formatted(
                  text(fields, "username"),
                  text(fields, "repository"),
                  text(fields, "tag"),
                  text(fields, "login"),
                  text(fields, "token"));
    }
    say(exchange, 200, "ok");
  }

  private String state(String id) {
    if (!id.equals(sha256(descriptor))) {
      return "{\"descriptor\":\"not-found\"}";
    }
    var all = chunks.size() == 4 && looksUntilFull-- <= 0;
    var there = new ArrayList<Integer>();
    for (var i = 0; i < 4; i++) {
      there.add(chunks.containsKey(i) ? 1 : 0);
    }
    return "{\"descriptor\":\"ok\",\"version\":1,\"status\":\"%s\",\"chunks\":%s}"
        .formatted(all ? "full" : "partial", there);
  }

  private void give(HttpExchange exchange, String range) throws IOException {
    if (range == null || !ranges) {
      exchange.sendResponseHeaders(200, image.length);
      exchange.getResponseBody().write(image);
    } else {
      var from = Integer.parseInt(range.replaceAll("\\D", ""));
      if (from >= image.length) {
        exchange.sendResponseHeaders(416, -1);
      } else {
        exchange
            .getResponseHeaders()
            .set("Content-Range", "bytes %d-%d/%d".formatted(from, image.length - 1, image.length));
        exchange.sendResponseHeaders(206, image.length - from);
        exchange.getResponseBody().write(image, from, image.length - from);
      }
    }
    exchange.close();
  }

  private static void say(HttpExchange exchange, int status, String text) throws IOException {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** By the letter of RFC 7578, with Latin 1 so that bytes stay bytes. */
  private static Map<String, byte[]> parts(byte[] body, String type) {
    var boundary = "--" + type.substring(type.indexOf("boundary=") + "boundary=".length());
    var text = new String(body, StandardCharsets.ISO_8859_1);
    assertThat(text).endsWith(boundary + "--\r\n");
    var fields = new LinkedHashMap<String, byte[]>();
    for (var part : text.split(boundary + "(--)?\r\n")) {
      var end = part.indexOf("\r\n\r\n");
      if (end > 0) {
        var name = part.replaceFirst("(?s).*?[^e]name=\"([^\"]*)\".*", "$1");
        var value = part.substring(end + 4, part.length() - 2);
        fields.put(name, value.getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    return fields;
  }

  private static String text(Map<String, byte[]> fields, String name) {
    return new String(fields.get(name), StandardCharsets.UTF_8);
  }

  private byte[] together() {
    var all = new ByteArrayOutputStream();
    chunks.values().forEach(all::writeBytes);
    return all.toByteArray();
  }

  private String sha3() {
    return hex("SHA3-224", image);
  }

  private static String sha256(byte[] bytes) {
    return hex("SHA-256", bytes);
  }

  private static String hex(String algorithm, byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
