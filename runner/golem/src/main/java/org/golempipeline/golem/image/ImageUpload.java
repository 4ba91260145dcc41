package org.golempipeline.golem.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.http.Failures;
import org.golempipeline.golem.wire.WireJson;
import org.jspecify.annotations.Nullable;

/**
 * Publishes an image at a registry as gvmkit-build does: first a descriptor with the hash of each
 * chunk of the file, then the chunks that the registry lacks, then the tag. Blocks; an interrupt
 * ends it, and the next time only what is missing is sent.
 */
public final class ImageUpload {
  private static final long VERSION = 0x3_3333_3334L;
  private static final int CHUNK = 10 << 20;
  private static final int HEADER = 3 * Long.BYTES;
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final int LOOKS = 7;
  private static final int LONGEST_REASON = 200;
  private static final String BOUNDARY = "golem-pipeline-image-part";

  private final String registry;
  private final int chunkSize;
  private final Duration pause;
  private final Consumer<String> progress;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(20)).build();

  /**
   * To one registry.
   *
   * @param url its base: {@code https://registry.golem.network}
   * @param progress gets a line for each step
   */
  public ImageUpload(URI url, Consumer<String> progress) {
    this(url, CHUNK, PAUSE, progress);
  }

  ImageUpload(URI url, int chunkSize, Duration pause, Consumer<String> progress) {
    this.registry = url.toString().replaceFirst("/$", "");
    this.chunkSize = chunkSize;
    this.pause = pause;
    this.progress = progress;
  }

  /**
   * A name at the registry, and who may give it.
   *
   * @param tag {@code user/name:tag}
   * @param token a personal access token; never shown
   */
  public record Name(String tag, String login, String token) {
    /** Without the token. */
    @Override
    public String toString() {
      return tag + " by " + login;
    }
  }

  /**
   * Where the image is now.
   *
   * @param sha3 its SHA3-224 in hex
   */
  public record Published(String url, String sha3) {}

  private record Chunk(long position, int length, byte[] sha256) {}

  /**
   * Publishes a file.
   *
   * @throws GolemException if the registry refuses it or does not answer
   */
  public Published push(Path file, Optional<Name> name) throws IOException, InterruptedException {
    try (var content = FileChannel.open(file, StandardOpenOption.READ)) {
      var chunks = new ArrayList<Chunk>();
      var descriptor = descriptor(content, chunks);
      var sha3 = HexFormat.of().formatHex(descriptor, HEADER, HEADER + 28);
      var id = HexFormat.of().formatHex(digest("SHA-256").digest(descriptor));
      if (name.isPresent()) {
        attach(id, name.get(), true);
      }
      var known = state(id);
      if (!known.path("descriptor").asText().equals("ok")) {
        post("/v1/image/push/descr", Map.of(), descriptor);
        known = state(id);
      }
      if (!isFull(known)) {
        send(content, id, chunks, known.path("chunks"));
        await(id);
      }
      if (name.isPresent()) {
        attach(id, name.get(), false);
      }
      return new Published(registry + "/download/" + id, sha3);
    }
  }

  private byte[] descriptor(FileChannel content, List<Chunk> chunks) throws IOException {
    var size = content.size();
    var whole = digest("SHA3-224");
    for (var at = 0L; at < size; at += chunkSize) {
      var bytes = bytes(content, at, (int) Math.min(chunkSize, size - at));
      whole.update(bytes);
      chunks.add(new Chunk(at, bytes.length, digest("SHA-256").digest(bytes)));
    }
    var hash = whole.digest();
    var descriptor =
        ByteBuffer.allocate(HEADER + hash.length + 32 * chunks.size())
            .putLong(VERSION)
            .putLong(size)
            .putLong(chunkSize)
            .put(hash);
    chunks.forEach(chunk -> descriptor.put(chunk.sha256()));
    return descriptor.array();
  }

  private static byte[] bytes(FileChannel content, long position, int length) throws IOException {
    var bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (content.read(bytes, position + bytes.position()) < 0) {
        throw new EOFException("the image became shorter while it was read");
      }
    }
    return bytes.array();
  }

  private void send(FileChannel content, String id, List<Chunk> chunks, JsonNode there)
      throws IOException, InterruptedException {
    for (var number = 0; number < chunks.size(); number++) {
      if (there.path(number).asInt() == 1) {
        continue;
      }
      var chunk = chunks.get(number);
      progress.accept("part %d of %d".formatted(number + 1, chunks.size()));
      var fields = new LinkedHashMap<String, String>();
      fields.put("descr-sha256", id);
      fields.put("chunk-no", String.valueOf(number));
      fields.put("chunk-sha256", HexFormat.of().formatHex(chunk.sha256()));
      fields.put("chunk-pos", String.valueOf(chunk.position()));
      fields.put("chunk-len", String.valueOf(chunk.length()));
      post("/v1/image/push/chunk", fields, bytes(content, chunk.position(), chunk.length()));
    }
  }

  /** The registry needs a while until it sees all that it was sent. */
  private void await(String id) throws InterruptedException {
    for (var look = 1; !isFull(state(id)); look++) {
      if (look == LOOKS) {
        throw failure("the registry does not say that it has all of it", null);
      }
      new CountDownLatch(1).await(pause.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private static boolean isFull(JsonNode state) {
    return state.path("status").asText().equals("full");
  }

  private JsonNode state(String id) throws InterruptedException {
    var said = call(HttpRequest.newBuilder(uri("/v1/image/descr/" + id)));
    try {
      return WireJson.mapper().readTree(said);
    } catch (IOException e) {
      throw failure("the answer of " + registry + " makes no sense", e);
    }
  }

  private void attach(String id, Name name, boolean check) throws InterruptedException {
    var slash = name.tag().indexOf('/');
    var colon = name.tag().lastIndexOf(':');
    var fields = new LinkedHashMap<String, String>();
    fields.put("tag", name.tag().substring(colon + 1));
    fields.put("username", name.tag().substring(0, slash));
    fields.put("repository", name.tag().substring(slash + 1, colon));
    fields.put("login", name.login());
    fields.put("token", name.token());
    if (check) {
      fields.put("check", "true");
    }
    post("/v1/image/descr/attach/" + id, fields, null);
  }

  private void post(String path, Map<String, String> fields, byte @Nullable [] file)
      throws InterruptedException {
    var head = new StringBuilder();
    fields.forEach(
        (key, value) ->
            head.append(
                "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
                    .formatted(BOUNDARY, key, value)));
    if (file != null) {
      head.append(
          ("--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"descriptor.txt\"\r\n"
                  + "Content-Type: application/octet-stream\r\n\r\n")
              .formatted(BOUNDARY));
    }
    var end = (file == null ? "" : "\r\n") + "--" + BOUNDARY + "--\r\n";
    var body = new ArrayList<byte[]>();
    body.add(head.toString().getBytes(StandardCharsets.UTF_8));
    if (file != null) {
      body.add(file);
    }
    body.add(end.getBytes(StandardCharsets.UTF_8));
    call(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
            .POST(HttpRequest.BodyPublishers.ofByteArrays(body)));
  }

  private URI uri(String path) {
    return URI.create(registry + path);
  }

  private String call(HttpRequest.Builder request) throws InterruptedException {
    HttpResponse<String> response;
    try {
      response = client.send(request.timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw failure("no answer from " + registry + " (" + e.getMessage() + ")", e);
    }
    if (response.statusCode() / 100 != 2) {
      var said = response.body().strip();
      throw failure(
          said.isEmpty() || said.length() > LONGEST_REASON || said.startsWith("<")
              ? registry + " answers HTTP " + response.statusCode()
              : registry + " answers: " + said,
          null);
    }
    return response.body();
  }

  static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java of today has " + algorithm, e);
    }
  }

  private static GolemException failure(String reason, @Nullable Exception cause) {
    return new GolemException(
        GolemException.Kind.MARKET,
        Failures.sentence("publish the image", reason),
        "Check user, token and connection, and try again: only what is missing is sent.",
        cause);
  }
}
