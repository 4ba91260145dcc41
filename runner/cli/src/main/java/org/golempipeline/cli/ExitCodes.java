package org.golempipeline.cli;

import org.golempipeline.event.RunEvent;

/** What the process says to scripts when it ends. The codes of failed runs stand in FailureKind. */
final class ExitCodes {
  /** Everything went well. */
  static final int DONE = 0;

  /** The run failed. */
  static final int FAILED = 1;

  /** The command line or the file is wrong. */
  static final int USAGE = 2;

  /** Daemon, market or payment are not as they should be. */
  static final int PLATFORM = 4;

  /** Done, but documents are still to come or to be accepted. */
  static final int OUTSTANDING = 5;

  /** Done, and a result lacks fragments that failed. */
  static final int PARTIAL = RunEvent.RunFinished.IN_PART;

  /** A bug of ours. */
  static final int BUG = 70;

  /** The user ended it. */
  static final int INTERRUPTED = 130;

  private ExitCodes() {}
}
