package org.golempipeline.provider;

import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.golempipeline.golem.GolemConnection;

/**
 * What a provider offers, and where.
 *
 * @param daemon the yagna of this machine, and the key of the identity to act as
 * @param bus its service bus: {@code unix:/path} or {@code tcp://host:port}
 * @param name for people
 * @param subnet in which the offer is seen
 * @param agreements how many it works for at a time
 * @param platforms on which it can be paid, to the wallet of its identity
 * @param inside whether programs run inside images, where this machine permits that
 * @param folder keeps images, and for each identity what is still to be billed
 */
public record ProviderOptions(
    GolemConnection daemon,
    URI bus,
    String name,
    String subnet,
    Prices prices,
    int agreements,
    Hardware hardware,
    List<String> platforms,
    boolean inside,
    Path folder) {
  public ProviderOptions {
    platforms = List.copyOf(platforms);
  }

  /**
   * What an activity costs, in GLM.
   *
   * @param start once
   * @param cpu for an hour of one processor thread
   * @param env for an hour of its life
   */
  public record Prices(BigDecimal start, BigDecimal cpu, BigDecimal env) {
    public static final Prices FREE = new Prices(BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO);
  }

  /**
   * What an agreement may use.
   *
   * @param memory in GiB
   * @param storage in GiB
   */
  public record Hardware(int threads, double memory, double storage) {}
}
