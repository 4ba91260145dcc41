package org.golempipeline.schedule;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Objects;

/**
 * What the scheduler aims for.
 *
 * @param workers most providers at a time
 * @param auditors most rentals of this machine at a time, for audits
 * @param budget GLM that may be spent
 * @param reuse whether results of earlier runs are looked for
 * @param seed decides which results are checked; nobody else can know it
 * @param batchTime how long a script should take, so that what it costs to send one vanishes
 * @param leastBatchTime a script that takes less costs more than its early end is worth
 * @param crowded whether this machine plays so many workers that their scripts wait for each other:
 *     then a fragment takes what its command takes, however long its script takes
 * @param firstBatch fragments in a script while nothing is known of how long they take
 * @param largestBatch most fragments in a script
 * @param idleRelease how long a machine without work is kept
 * @param copyAfter a script that takes this much longer than expected may be a straggler
 * @param marketPause how long the market is left alone after it had nobody
 * @param settleLimit how long the end of a run waits for invoices; results are published by then
 * @param losses how often a fragment may be lost with its provider before it is given up
 * @param rentalLife how long an agreement lasts; it cannot be extended
 * @param moneyGrace what may be billed after a script: the next debit note and its acceptance
 */
public record Policy(
    int workers,
    int auditors,
    BigDecimal budget,
    boolean reuse,
    long seed,
    Duration batchTime,
    Duration leastBatchTime,
    boolean crowded,
    int firstBatch,
    int largestBatch,
    Duration idleRelease,
    Duration copyAfter,
    Duration marketPause,
    Duration settleLimit,
    int losses,
    Duration rentalLife,
    Duration moneyGrace) {
  public Policy {
    // In recordings of older versions it is absent: they are refused as a whole.
    Objects.requireNonNull(leastBatchTime);
  }

  /** A script that the budget cannot give this long is not begun. */
  static final Duration LEAST_SCRIPT = Duration.ofMinutes(1);

  /** A machine that the budget cannot pay for so long is not rented. */
  public Duration leastTime() {
    return LEAST_SCRIPT.plus(moneyGrace);
  }

  /**
   * What sending a script costs this machine. A run must not be busy with nothing else, however
   * many machines it plays itself.
   */
  private static final Duration LOCAL_SCRIPT = Duration.ofMillis(25);

  private static final Duration LOCAL_BATCH = Duration.ofSeconds(1);

  /** On this machine a script costs milliseconds and nothing is paid. */
  public static Policy local(
      int workers, BigDecimal budget, boolean reuse, long seed, Duration rentalLife) {
    var allScripts = LOCAL_SCRIPT.multipliedBy(workers);
    var crowded = allScripts.compareTo(LOCAL_BATCH) > 0;
    var batchTime = crowded ? allScripts : LOCAL_BATCH;
    return new Policy(
        workers,
        1,
        budget,
        reuse,
        seed,
        batchTime,
        batchTime.dividedBy(crowded ? 2 : 10),
        crowded,
        8,
        2000,
        Duration.ofSeconds(2),
        Duration.ofSeconds(2),
        Duration.ofSeconds(2),
        Duration.ofSeconds(10),
        5,
        rentalLife,
        Duration.ZERO);
  }

  /** On the network a script costs seconds and a lost provider loses all of it. */
  public static Policy golem(
      int workers, BigDecimal budget, boolean reuse, long seed, Duration rentalLife) {
    return new Policy(
        workers,
        1,
        budget,
        reuse,
        seed,
        Duration.ofSeconds(45),
        Duration.ofMillis(4500),
        false,
        1,
        1000,
        Duration.ofSeconds(60),
        Duration.ofSeconds(30),
        Duration.ofSeconds(30),
        Duration.ofSeconds(15),
        5,
        rentalLife,
        Duration.ofSeconds(240));
  }
}
