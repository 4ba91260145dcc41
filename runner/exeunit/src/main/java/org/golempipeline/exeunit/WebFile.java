package org.golempipeline.exeunit;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A file on a web server. What stands before the host of its URL is told the server as user and
 * password.
 *
 * @param uri without user and password
 * @param authorization the header for them
 */
record WebFile(URI uri, @Nullable String authorization) {
  static WebFile at(String url) throws CommandException {
    try {
      URI uri = new URI(url);
      if (uri.getHost() == null) {
        throw Transfers.error("Invalid url: it names no host");
      }
      String user = uri.getUserInfo();
      if (user == null) {
        return new WebFile(uri, null);
      }
      URI bare = new URI(url.replace("//" + uri.getRawUserInfo() + "@", "//"));
      String encoded = Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
      return new WebFile(bare, "Basic " + encoded);
    } catch (URISyntaxException e) {
      throw Transfers.error("Invalid url: " + e.getReason());
    }
  }

  HttpRequest.Builder request() {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return request;
  }

  /** Without what must not reach any log. */
  @Override
  public String toString() {
    return uri.toString();
  }
}
