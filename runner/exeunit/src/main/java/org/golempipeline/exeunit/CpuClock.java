package org.golempipeline.exeunit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tells how much processor time a process tree used that has just ended. The system only keeps the
 * sum over all our ended children, so what came to it since the last question is taken for the
 * share of the one that ended; the total is right, and shares are wrong only where two end at the
 * same moment. Answers 0 where there is no {@code /proc}. Thread-safe.
 */
final class CpuClock {
  private static final Path STAT = Path.of("/proc/self/stat");
  private static final double TICKS_PER_SECOND = 100;

  /** Position of the children's user time among the fields after the program's name. */
  private static final int CHILDREN_USER_TIME = 13;

  private long seen = read();

  synchronized double secondsOfEnded() {
    long now = read();
    long share = Math.max(0, now - seen);
    seen = now;
    return share / TICKS_PER_SECOND;
  }

  private static long read() {
    try {
      String stat = Files.readString(STAT, StandardCharsets.ISO_8859_1);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 16);
      return Long.parseLong(fields[CHILDREN_USER_TIME])
          + Long.parseLong(fields[CHILDREN_USER_TIME + 1]);
    } catch (IOException e) {
      return 0;
    }
  }
}
