package org.golempipeline.exeunit;

import java.util.OptionalLong;

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
}
