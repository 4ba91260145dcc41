package org.golempipeline.schedule;

/**
 * What audits promise. A false result goes unnoticed unless it is audited, the auditor is no friend
 * of its maker, and neither is the third machine that decides between them. So each one is noticed
 * with a chance of at least share × (1 - friends)², independently of the others, because which
 * results are audited is drawn from a number that nobody else knows. Once one is noticed, all
 * results of its maker are computed again, but for those that a friend has vouched for.
 *
 * @param share of the results that is audited, above 0 and up to 1
 * @param friends share of the providers that would vouch for the liar, below 1; nobody would where
 *     this machine audits
 */
public record AuditBound(double share, double friends) {
  public AuditBound {
    if (!(share > 0 && share <= 1) || !(friends >= 0 && friends < 1)) {
      throw new IllegalArgumentException(share + ", " + friends);
    }
  }

  /** The chance that none of {@code lies} false results is noticed, at the most. */
  public double unnoticed(long lies) {
    return Math.pow(1 - noticed(), lies);
  }

  private double noticed() {
    return share * (1 - friends) * (1 - friends);
  }
}
