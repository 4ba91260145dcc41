package org.golempipeline.spec;

import java.math.BigDecimal;

/**
 * How much of what providers return is computed a second time.
 *
 * @param copies on how many providers every fragment runs; 1 with audits
 * @param audit share of the fragments that are computed again, 0 to 1; zero with copies
 * @param local whether audits run on this machine instead of on another provider
 */
public record Verify(int copies, BigDecimal audit, boolean local, Comparison compare) {}
