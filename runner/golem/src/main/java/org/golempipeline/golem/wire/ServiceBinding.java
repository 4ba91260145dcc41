package org.golempipeline.golem.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A service on the daemon's bus whose messages go over a WebSocket.
 *
 * @param servicesId what the daemon calls it; absent in the request
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ServiceBinding(Listen listen, @Nullable String servicesId) {
  /** The address, and the message kinds that are understood. */
  public record Listen(String on, List<String> components) {
    public Listen {
      components = List.copyOf(components);
    }
  }
}
