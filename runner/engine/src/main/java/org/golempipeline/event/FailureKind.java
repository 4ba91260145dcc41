package org.golempipeline.event;

/** Whose fault a failure is: it alone decides about another attempt and the exit code. */
public enum FailureKind {
  /** The fragment's program failed. */
  COMMAND(1),
  /** A fragment or the run was out of time. */
  DEADLINE(1),
  /** The next fragment no longer fits into the budget. */
  BUDGET(3),
  /** Agreement terminated, activity unresponsive, transfer broke, wrong hash. */
  PROVIDER(4),
  /** No acceptable proposal in time. */
  MARKET(4),
  /** Allocation refused, no funds, driver not ready. */
  PAYMENT(4),
  /** Daemon unreachable, app-key refused, internal error. */
  YAGNA(4),
  /** The user asked for it. */
  CANCELLED(130);

  private final int exitCode;

  FailureKind(int exitCode) {
    this.exitCode = exitCode;
  }

  /** What the process exits with when a run ends for this reason. */
  public int exitCode() {
    return exitCode;
  }
}
