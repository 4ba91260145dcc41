package org.golempipeline.golem;

import java.math.BigDecimal;

/**
 * The agreed linear price, in GLM.
 *
 * @param start for each activity
 * @param cpuSecond for a second of processor time
 * @param envSecond for a second of wall time
 */
public record Pricing(BigDecimal start, BigDecimal cpuSecond, BigDecimal envSecond) {}
