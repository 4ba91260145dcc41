package org.golempipeline.golem;

import java.math.BigDecimal;
import java.time.Duration;

/**
 * The agreed linear price, in GLM.
 *
 * @param start for each activity
 * @param cpuSecond for a second of processor time
 * @param envSecond for a second of wall time
 */
public record Pricing(BigDecimal start, BigDecimal cpuSecond, BigDecimal envSecond) {
  /** What a start and so much time cost, to the second, with so many threads busy. */
  public BigDecimal cost(int threads, Duration time) {
    return envSecond
        .add(cpuSecond.multiply(BigDecimal.valueOf(threads)))
        .multiply(BigDecimal.valueOf(time.toSeconds()))
        .add(start);
  }
}
