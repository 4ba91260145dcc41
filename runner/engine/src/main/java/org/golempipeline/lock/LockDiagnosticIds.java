package org.golempipeline.lock;

/** The ids of what is found wrong with a lock file. Permanent. */
public final class LockDiagnosticIds {
  /** A lock file that cannot be understood. */
  public static final String LOCK_BROKEN = "Lock.Broken";

  /** A lock file that cannot be written. */
  public static final String LOCK_UNWRITABLE = "Lock.Unwritable";

  private LockDiagnosticIds() {}
}
