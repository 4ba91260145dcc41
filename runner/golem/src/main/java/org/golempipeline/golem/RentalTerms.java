package org.golempipeline.golem;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What kind of machine is wanted. Requests with the same image and resources share one demand.
 *
 * @param imageHash SHA3-224 of the VM image, in hex
 * @param imageUrl where the provider downloads it
 * @param threads at least so many processor threads
 * @param memory at least so many bytes
 * @param storage at least so many bytes
 * @param capabilities of the runtime that are needed
 * @param expiration when the agreement ends at the latest; rounded up to a whole minute, so that
 *     requests made one after the other share a demand
 * @param maxStartPrice GLM for starting an activity, null for any
 * @param maxCpuPrice GLM for a second of one thread, null for any
 * @param maxEnvPrice GLM for a second of the agreement, null for any
 * @param allow provider ids or names, in which {@code *} stands for any characters; empty for all
 * @param deny provider ids or names, as in {@code allow}, that are not wanted, in this request
 * @param negotiateLimit how long finding a provider may take, to the approved agreement
 * @param deployLimit how long it may then take until the image is started
 * @param ceiling what it may cost in all, null for any
 */
public record RentalTerms(
    String imageHash,
    String imageUrl,
    int threads,
    long memory,
    long storage,
    List<String> capabilities,
    Instant expiration,
    @Nullable BigDecimal maxStartPrice,
    @Nullable BigDecimal maxCpuPrice,
    @Nullable BigDecimal maxEnvPrice,
    Set<String> allow,
    Set<String> deny,
    Duration negotiateLimit,
    Duration deployLimit,
    @Nullable Ceiling ceiling) {
  public RentalTerms {
    capabilities = List.copyOf(capabilities);
    allow = Set.copyOf(allow);
    deny = Set.copyOf(deny);
  }

  /** Whatever it costs in all. */
  public RentalTerms(
      String imageHash,
      String imageUrl,
      int threads,
      long memory,
      long storage,
      List<String> capabilities,
      Instant expiration,
      @Nullable BigDecimal maxStartPrice,
      @Nullable BigDecimal maxCpuPrice,
      @Nullable BigDecimal maxEnvPrice,
      Set<String> allow,
      Set<String> deny,
      Duration negotiateLimit,
      Duration deployLimit) {
    this(
        imageHash,
        imageUrl,
        threads,
        memory,
        storage,
        capabilities,
        expiration,
        maxStartPrice,
        maxCpuPrice,
        maxEnvPrice,
        allow,
        deny,
        negotiateLimit,
        deployLimit,
        null);
  }

  /**
   * What is left for a machine.
   *
   * @param start GLM that it may ask for its start
   * @param most GLM that the start and {@code time} may cost together, the threads asked for busy
   */
  public record Ceiling(BigDecimal start, BigDecimal most, Duration time) {}
}
