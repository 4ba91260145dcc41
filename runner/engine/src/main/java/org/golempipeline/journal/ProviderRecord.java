package org.golempipeline.journal;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;

/**
 * What runs on the network have seen of a provider.
 *
 * @param name what it called itself last
 * @param last when it was last heard of
 * @param rentals agreements that became a machine
 * @param failedRentals agreements that did not
 * @param done fragments whose outputs it left
 * @param failed attempts at fragments that failed on it
 * @param lost scripts of which nothing came back
 * @param busy how long its scripts took, all together
 * @param spent GLM of its documents that were accepted
 * @param lies runs in which it gave false results
 */
public record ProviderRecord(
    String id,
    String name,
    Instant last,
    int runs,
    int rentals,
    int failedRentals,
    long done,
    long failed,
    long lost,
    Duration busy,
    BigDecimal spent,
    int lies) {
  /** Of two sets of runs. */
  ProviderRecord and(ProviderRecord other) {
    return new ProviderRecord(
        id,
        last.isBefore(other.last) ? other.name : name,
        last.isBefore(other.last) ? other.last : last,
        runs + other.runs,
        rentals + other.rentals,
        failedRentals + other.failedRentals,
        done + other.done,
        failed + other.failed,
        lost + other.lost,
        busy.plus(other.busy),
        spent.add(other.spent),
        lies + other.lies);
  }
}
