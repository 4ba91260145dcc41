package org.golempipeline.exeunit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What an activity may use at most.
 *
 * @param storage bytes that its files may take together, of whatever kind
 * @param memory bytes that its programs may take together
 * @param outbound whether its programs reach the network of this machine; only an image can be cut
 *     off from it
 */
public record Limits(OptionalLong storage, OptionalLong memory, boolean outbound) {
  /** As much as there is, but no network. */
  public static final Limits NONE = new Limits(OptionalLong.empty(), OptionalLong.empty(), false);

  /** For a member of virtual networks, whose ports are those of this machine. */
  Limits reaching(@Nullable JsonNode networks) {
    return networks == null || networks.isEmpty() ? this : new Limits(storage, memory, true);
  }
}
