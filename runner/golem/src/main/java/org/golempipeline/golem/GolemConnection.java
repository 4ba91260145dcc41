package org.golempipeline.golem;

import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import org.golempipeline.golem.wire.NearDaemon;

/**
 * Where the daemon listens and the key it knows us by.
 *
 * @param url the base of all its APIs: {@code http://127.0.0.1:7465}
 * @param near the daemon itself, if it is a part of this process; its URL is a name then
 */
public record GolemConnection(URI url, String appKey, Optional<NearDaemon> near) {
  public GolemConnection {
    Objects.requireNonNull(url);
    Objects.requireNonNull(appKey);
  }

  /** A daemon of its own. */
  public GolemConnection(URI url, String appKey) {
    this(url, appKey, Optional.empty());
  }

  /** Without the key, which must not reach any log. */
  @Override
  public String toString() {
    return url.toString();
  }
}
