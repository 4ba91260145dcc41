package org.golempipeline.spec;

import java.math.BigDecimal;

/**
 * How much of what providers return is computed a second time.
 *
 * @param copies on how many providers every fragment runs; 1 with audits
 * @param audit share of the fragments that are computed again, 0 to 1; zero with copies
 * @param local whether audits run on this machine instead of on another provider
 */
public record Verify(int copies, BigDecimal audit, boolean local, Comparison compare) {
  /** Whether results that were checked like this may stand where {@code other} is asked for. */
  public boolean covers(Verify other) {
    if (!compare.covers(other.compare)) {
      return false;
    }
    if (other.copies > 1) {
      return copiesOfAll() >= other.copies;
    }
    return audit.compareTo(other.audit) >= 0 && (local || !other.local)
        || copies > 1 && !other.local;
  }

  /**
   * Whether {@code audit} alone has a result checked.
   *
   * @param lot of the result, from 0 to below 1
   */
  public boolean audits(double lot) {
    return new BigDecimal(lot).compareTo(audit) < 0;
  }

  /** How many providers must have answered alike, the first one included. */
  public int answers() {
    return Math.max(2, copies);
  }

  /** After so many answers without a majority there will be none. */
  public int mostAnswers() {
    return 2 * answers() + 1;
  }

  /** An audit of everything computes everything twice. */
  private int copiesOfAll() {
    return audit.compareTo(BigDecimal.ONE) >= 0 ? Math.max(2, copies) : copies;
  }
}
