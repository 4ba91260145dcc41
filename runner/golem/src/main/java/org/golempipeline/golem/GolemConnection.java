package org.golempipeline.golem;

import java.net.URI;
import java.util.Objects;

/**
 * Where the daemon listens and the key it knows us by.
 *
 * @param url the base of all its APIs: {@code http://127.0.0.1:7465}
 */
public record GolemConnection(URI url, String appKey) {
  public GolemConnection {
    Objects.requireNonNull(url);
    Objects.requireNonNull(appKey);
  }

  /** Without the key, which must not reach any log. */
  @Override
  public String toString() {
    return url.toString();
  }
}
