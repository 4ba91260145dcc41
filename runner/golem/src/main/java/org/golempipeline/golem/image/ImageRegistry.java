package org.golempipeline.golem.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.http.Failures;
import org.golempipeline.golem.wire.WireJson;
import org.jspecify.annotations.Nullable;

/** Asks an image registry what a tag or hash stands for. Thread-safe; never blocks. */
public final class ImageRegistry {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Pattern HASH = Pattern.compile("[0-9a-fA-F]{56}");
  private static final int LONGEST_REASON = 200;

  private final URI url;
  private final Duration limit;
  private final HttpClient client;

  /**
   * {@code url} is the registry's base: {@code https://registry.golem.network}.
   *
   * @throws IllegalArgumentException if it is no address on the web
   */
  public ImageRegistry(URI url) {
    this(url, LIMIT);
  }

  ImageRegistry(URI url, Duration limit) {
    if (!isWeb(url.toString()) || url.getHost() == null) {
      throw new IllegalArgumentException("not on the web: " + url);
    }
    this.url = url;
    this.limit = limit;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(limit)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
  }

  /** What a registry says. */
  public sealed interface Answer {
    /**
     * An image that providers can download.
     *
     * @param hash its SHA3-224 in hex
     * @param size in bytes, 0 if the registry does not say
     */
    record Found(String hash, String url, long size) implements Answer {}

    /**
     * There is no such image.
     *
     * @param reason in the registry's words
     */
    record Unknown(String reason) implements Answer {}
  }

  /**
   * Finds {@code user/name:tag} or a SHA3-224 in hex. The future fails with {@link GolemException}
   * of kind MARKET if the registry does not answer in time, or nothing that makes sense.
   */
  public CompletableFuture<Answer> resolve(String tagOrHash) {
    boolean hash = HASH.matcher(tagOrHash).matches();
    String query = (hash ? "hash=" : "tag=") + URLEncoder.encode(tagOrHash, StandardCharsets.UTF_8);
    String base = url.toString().replaceFirst("/$", "");
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + "/v1/image/info?count=true&" + query))
            .timeout(limit)
            .header("Accept", "application/json")
            .build();
    return client
        .sendAsync(request, HttpResponse.BodyHandlers.ofString())
        // The request's own limit ends with the headers.
        .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (response, error) -> {
              if (error != null) {
                throw failure(tagOrHash, silence(CallFailure.unwrap(error)), error);
              }
              Answer answer = answer(tagOrHash, response);
              if (hash
                  && answer instanceof Answer.Found found
                  && !found.hash().equalsIgnoreCase(tagOrHash)) {
                throw failure(tagOrHash, url + " answers with another image", null);
              }
              return answer;
            });
  }

  private Answer answer(String tagOrHash, HttpResponse<String> response) {
    int status = response.statusCode();
    if (status == 404 || status == 400) {
      return new Answer.Unknown(reason(response));
    }
    if (status != 200) {
      throw failure(tagOrHash, url + " answers: " + reason(response), null);
    }
    try {
      JsonNode json = WireJson.mapper().readTree(response.body());
      String hash = json.path("sha3").asText("").toLowerCase(Locale.ROOT);
      String download = json.path("https").asText(json.path("http").asText(""));
      if (HASH.matcher(hash).matches() && isWeb(download)) {
        return new Answer.Found(hash, download, json.path("size").asLong(0));
      }
      throw failure(tagOrHash, "the answer of " + url + " names no image", null);
    } catch (IOException e) {
      throw failure(tagOrHash, "the answer of " + url + " makes no sense", e);
    }
  }

  private String silence(Throwable error) {
    if (error instanceof TimeoutException || error instanceof HttpTimeoutException) {
      return "no answer from " + url + " within " + limit.toSeconds() + " s";
    }
    String text = error.getMessage();
    return "no answer from " + url + (text == null ? "" : " (" + text + ")");
  }

  private static boolean isWeb(String download) {
    String scheme = download.toLowerCase(Locale.ROOT);
    return scheme.startsWith("https://") || scheme.startsWith("http://");
  }

  /** The text that stands in the answer, unless it is a page or a story. */
  private static String reason(HttpResponse<String> response) {
    String body = response.body().strip();
    return body.isEmpty() || body.length() > LONGEST_REASON || body.startsWith("<")
        ? "HTTP " + response.statusCode()
        : body;
  }

  private static GolemException failure(String image, String reason, @Nullable Throwable cause) {
    return new GolemException(
        GolemException.Kind.MARKET,
        Failures.sentence("find the image `" + image + "`", reason),
        "Check the connection and try again; images given as `{url, hash}` or `./file.gvmi` need"
            + " no registry.",
        cause);
  }
}
