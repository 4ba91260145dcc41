package org.golempipeline.exeunit;

/**
 * The memory for outputs of ended programs, which wait to be asked for: no script may take what
 * other scripts need to end. Thread-safe.
 */
final class OutputRoom {
  private final long most;
  private long taken;

  OutputRoom(long most) {
    this.most = most;
  }

  /** A quarter of what there is. */
  static OutputRoom ofThisProcess() {
    return new OutputRoom(Runtime.getRuntime().maxMemory() / 4);
  }

  /** What the results of one script take at the most. */
  long ofBatch() {
    return most / 4;
  }

  synchronized boolean take(long bytes) {
    if (bytes > most - taken) {
      return false;
    }
    taken += bytes;
    return true;
  }

  synchronized void giveBack(long bytes) {
    taken -= bytes;
  }
}
