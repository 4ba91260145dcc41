package org.golempipeline.oci;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Writer;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Debian's `docker-registry` on a free port of this machine. */
final class LoopbackRegistry implements AutoCloseable {
  static final String USER = "someone";
  static final String PASSWORD = "pass word";

  /** Of that password, as the registry wants it. */
  private static final String HTPASSWD =
      USER + ":$2y$04$abcdefghijklmnopqrstuuFcV8WPKEefLKdOWfX8pW1yTVya21P7a\n";

  private final Process process;
  private final String host;

  private LoopbackRegistry(Process process, String host) {
    this.process = process;
    this.host = host;
  }

  static LoopbackRegistry start(Path folder) throws IOException {
    return start(folder, "");
  }

  /** One that asks everybody for the name and password of {@link #USER}. */
  static LoopbackRegistry startPrivate(Path folder) throws IOException {
    var users = Files.writeString(folder.resolve("htpasswd"), HTPASSWD);
    return start(folder, "auth: { htpasswd: { realm: here, path: %s } }\n".formatted(users));
  }

  /** One that gives what a token of that service allows. */
  static LoopbackRegistry startWithTokens(Path folder, TokenService tokens) throws IOException {
    return start(folder, tokens.configuration());
  }

  private static LoopbackRegistry start(Path folder, String more) throws IOException {
    int port;
    try (var free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    var host = "127.0.0.1:" + port;
    var configuration =
        Files.writeString(
            folder.resolve("registry.yml"),
            """
            version: 0.1
            storage: { filesystem: { rootdirectory: %s } }
            http: { addr: %s }
            """
                    .formatted(folder.resolve("registry"), host)
                + more);
    var process =
        new ProcessBuilder("docker-registry", "serve", configuration.toString())
            .redirectErrorStream(true)
            .start();
    var output = process.inputReader(StandardCharsets.UTF_8);
    for (var line = output.readLine(); line != null; line = output.readLine()) {
      if (line.contains("listening on")) {
        var drain =
            new Thread(
                () -> {
                  try {
                    output.transferTo(Writer.nullWriter());
                  } catch (IOException e) {
                    // It was ended.
                  }
                });
        drain.setDaemon(true);
        drain.start();
        return new LoopbackRegistry(process, host);
      }
    }
    throw new IOException("the registry did not begin to listen");
  }

  String host() {
    return host;
  }

  /** Puts all images of a layout there, and its index as `latest`. */
  void putIndex(Path layout, String name) throws Exception {
    var client = new Client();
    var index = Files.readAllBytes(layout.resolve("index.json"));
    try (var blobs = Files.list(layout.resolve("blobs/sha256"))) {
      for (var blob : blobs.toList()) {
        client.putBlob(host, name, Files.readAllBytes(blob), "sha256:" + blob.getFileName());
      }
    }
    for (var manifest : new ObjectMapper().readTree(index).path("manifests")) {
      var digest = manifest.path("digest").asText();
      client.putManifest(
          host,
          name,
          digest,
          "application/vnd.oci.image.manifest.v1+json",
          Files.readAllBytes(layout.resolve("blobs/sha256").resolve(digest.substring(7))));
    }
    client.putManifest(host, name, "latest", "application/vnd.oci.image.index.v1+json", index);
  }

  private static final class Client {
    private final HttpClient http = HttpClient.newHttpClient();

    void putBlob(String host, String name, byte[] bytes, String digest) throws Exception {
      var begun =
          http.send(
              HttpRequest.newBuilder(
                      URI.create("http://%s/v2/%s/blobs/uploads/".formatted(host, name)))
                  .POST(HttpRequest.BodyPublishers.noBody())
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      var place = begun.headers().firstValue("Location").orElseThrow();
      put(
          place + (place.contains("?") ? "&" : "?") + "digest=" + digest,
          "application/octet-stream",
          bytes);
    }

    void putManifest(String host, String name, String tag, String type, byte[] bytes)
        throws Exception {
      put("http://%s/v2/%s/manifests/%s".formatted(host, name, tag), type, bytes);
    }

    private void put(String url, String type, byte[] bytes) throws Exception {
      var answer =
          http.send(
              HttpRequest.newBuilder(URI.create(url))
                  .header("Content-Type", type)
                  .PUT(HttpRequest.BodyPublishers.ofByteArray(bytes))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 201) {
        throw new AssertionError(url + ": " + answer.statusCode() + " " + answer.body());
      }
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
