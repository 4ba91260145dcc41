package org.golempipeline.cli.terminal;

import org.golempipeline.event.RunEvent;
import org.golempipeline.pipeline.Refusal;

/** What the process says to scripts when it ends. The codes of failed runs stand in FailureKind. */
public final class ExitCodes {
  /** Everything went well. */
  public static final int DONE = 0;

  /** The run failed. */
  public static final int FAILED = 1;

  /** The command line or the file is wrong. */
  public static final int USAGE = Refusal.USAGE;

  /** Daemon, market or payment are not as they should be. */
  public static final int PLATFORM = Refusal.PLATFORM;

  /** Done, but documents are still to come or to be accepted. */
  public static final int OUTSTANDING = 5;

  /** Done, and a result lacks fragments that failed. */
  public static final int PARTIAL = RunEvent.RunFinished.IN_PART;

  /** A bug of ours. */
  public static final int BUG = 70;

  /** The user ended it. */
  public static final int INTERRUPTED = 130;

  private ExitCodes() {}
}
