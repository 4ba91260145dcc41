package org.golempipeline.golem;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.golempipeline.golem.wire.WireJson;
import org.jspecify.annotations.Nullable;

/** Asks an image registry what a tag or hash stands for. Thread-safe; never blocks. */
public final class ImageRegistry {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Pattern HASH = Pattern.compile("[0-9a-fA-F]{56}");
  private static final int LONGEST_REASON = 200;

  private final URI url;
  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(LIMIT)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();

  /** {@code url} is the registry's base: {@code https://registry.golem.network}. */
  public ImageRegistry(URI url) {
    this.url = url;
  }

  /**
   * An image that providers can download.
   *
   * @param hash its SHA3-224 in hex
   * @param size in bytes, 0 if the registry does not say
   */
  public record Image(String hash, String url, long size) {}

  /**
   * Finds {@code user/name:tag} or a SHA3-224 in hex. The future fails with {@link GolemException}
   * of kind MARKET if the registry does not know it or does not answer.
   */
  public CompletableFuture<Image> resolve(String tagOrHash) {
    boolean hash = HASH.matcher(tagOrHash).matches();
    String query = (hash ? "hash=" : "tag=") + URLEncoder.encode(tagOrHash, StandardCharsets.UTF_8);
    String base = url.toString().replaceFirst("/$", "");
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + "/v1/image/info?count=true&" + query))
            .timeout(LIMIT)
            .header("Accept", "application/json")
            .build();
    return client
        .sendAsync(request, HttpResponse.BodyHandlers.ofString())
        .handle(
            (response, error) -> {
              if (error != null) {
                String reason = CallFailure.text(CallFailure.unwrap(error));
                throw failure(tagOrHash, "no answer from " + url + " (" + reason + ")", error);
              }
              return image(tagOrHash, response);
            });
  }

  private static Image image(String tagOrHash, HttpResponse<String> response) {
    String body = response.body().strip();
    if (response.statusCode() != 200) {
      String reason =
          body.isEmpty() || body.length() > LONGEST_REASON
              ? "the registry answers HTTP " + response.statusCode()
              : body;
      throw failure(tagOrHash, reason, null);
    }
    try {
      JsonNode json = WireJson.mapper().readTree(body);
      String hash = json.path("sha3").asText("").toLowerCase(Locale.ROOT);
      String download = json.path("https").asText(json.path("http").asText(""));
      if (!HASH.matcher(hash).matches() || download.isEmpty()) {
        throw failure(tagOrHash, "the registry's answer names no image", null);
      }
      return new Image(hash, download, json.path("size").asLong(0));
    } catch (IOException e) {
      throw failure(tagOrHash, "the registry's answer makes no sense", e);
    }
  }

  private static GolemException failure(String image, String reason, @Nullable Throwable cause) {
    return new GolemException(
        GolemException.Kind.MARKET,
        Failures.sentence("find the image `" + image + "`", reason),
        "Look for images at https://registry.golem.network, or give `{url, hash}`.",
        cause);
  }
}
