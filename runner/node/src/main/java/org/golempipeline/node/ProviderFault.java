package org.golempipeline.node;

/** A way in which a provider misbehaves. */
public enum ProviderFault {
  /** Rejects every counter-proposal. */
  REFUSES_PROPOSALS,
  /** Negotiates, then rejects the agreement. */
  REFUSES_AGREEMENTS,
  /** Negotiates, then never answers an agreement, which stays pending. */
  IGNORES_AGREEMENTS,
  /** Approves the agreement, then lets every call about an activity run into its timeout. */
  MUTE,
  /** Ends the agreement while the first program of a script runs. */
  CRASHES,
  /** Disappears while the first program of a script runs, and cannot be reached from then on. */
  VANISHES,
  /** Takes {@link Faults#slowness} longer for every command. */
  SLOW,
  /** Most commands take a little longer, a few of them many times {@link Faults#slowness}. */
  HEAVY_TAILED,
  /** Moves no more than {@link Faults#linkSpeed} bytes a second, each way. */
  SLOW_LINK,
  /** Cannot deploy any image; counts as deployed nevertheless, as released exe-units do. */
  CANNOT_DEPLOY,
  /** Programs end at once with exit code 1. */
  FAILS,
  /** Keeps only the first few bytes of what a program writes, and says {@code Ok}. */
  TRUNCATES_STDOUT,
  /** A program killed by {@code terminate} is reported as {@code Ok}. */
  SAYS_OK_WHEN_KILLED,
  /**
   * Changes a byte of each file it returns, under a hash that fits; of an archive a byte of each
   * file in a folder of a folder. Every liar tells another lie.
   */
  LIES,
  /** Lies as {@link #LIES}, and the same as all that collude. */
  COLLUDES,
  /** Returns files under a hash that does not fit. */
  WRONG_HASH,
  /** A transfer onto an existing file goes on at its old size, as exe-units may do. */
  RESUMES_TRANSFERS,
  /** Asks for three times of what is due. */
  OVERBILLS,
  /** Sends its invoice late. */
  INVOICES_LATE,
  /** Sends two invoices. */
  INVOICES_TWICE,
  /** Sends no invoice. */
  NEVER_INVOICES
}
