package org.golempipeline.batch;

import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * What each fragment of a batch took, as the driver says: from where the clocks stood when it
 * ended, the system's and what {@code times} of the shell says of all processes that ended; and the
 * memory that the watchdog saw, of those that lived long enough to be looked at. Whatever makes no
 * sense is not known.
 */
public final class BatchFigures {
  private static final Pattern UPTIME = Pattern.compile("([0-9]{1,10})\\.([0-9]{2})");
  private static final Pattern TIMES =
      Pattern.compile(
          "([0-9]{1,7})m([0-9]{1,2}\\.[0-9]{1,6})s ([0-9]{1,7})m([0-9]{1,2}\\.[0-9]{1,6})s");
  private static final Pattern PEAK = Pattern.compile("peak ([0-9]{1,9}) ([0-9]{1,15})");
  private static final int UNKNOWN = -1;

  private final int[] took;
  private final int[] cpu;
  private final long[] memory;

  /** Whose the lines are that come next; -1 before the first fragment. */
  private int position = -1;

  /** Milliseconds when the fragment before ended. */
  private long up = UNKNOWN;

  private long used = UNKNOWN;
  private int timesLines;

  BatchFigures(int count) {
    took = new int[count];
    cpu = new int[count];
    memory = new long[count];
    Arrays.fill(took, UNKNOWN);
    Arrays.fill(cpu, UNKNOWN);
    Arrays.fill(memory, UNKNOWN);
  }

  /** Milliseconds that passed, by position; -1 where that is not known. */
  public int[] took() {
    return took.clone();
  }

  /** Milliseconds of processors, by position; -1 where that is not known. */
  public int[] cpu() {
    return cpu.clone();
  }

  /**
   * Bytes of memory, by position; -1 where that is not known. What each process held at most is
   * added up over those that lived at a look; the most of all looks.
   */
  public long[] memory() {
    return memory.clone();
  }

  /** Whether {@code line} is about these figures alone; if so it is taken in. */
  boolean takes(String line) {
    if (line.startsWith("begin ") && line.endsWith("s")) {
      ended(-1, line.substring(6, line.length() - 1));
      return true;
    }
    var peak = PEAK.matcher(line);
    if (peak.matches()) {
      peaked(Integer.parseInt(peak.group(1)), Long.parseLong(peak.group(2)));
      return true;
    }
    var times = TIMES.matcher(line);
    if (!times.matches()) {
      return false;
    }
    // The shell's own first, then those of the processes that it waited for.
    if (++timesLines == 2) {
      var now =
          milliseconds(times.group(1), times.group(2))
              + milliseconds(times.group(3), times.group(4));
      if (position >= 0) {
        cpu[position] = since(used, now);
      }
      used = now;
    }
    return true;
  }

  /** Whether {@code text} can be how long the system has been up, or that it does not say. */
  static boolean isUptime(String text) {
    return text.isEmpty() || UPTIME.matcher(text).matches();
  }

  /** The fragment ended; the system had been up so long, if that is not empty. */
  void ended(int fragment, String uptime) {
    position = fragment;
    timesLines = 0;
    var matcher = UPTIME.matcher(uptime);
    var now =
        matcher.matches()
            ? Long.parseLong(matcher.group(1)) * 1000 + Long.parseLong(matcher.group(2)) * 10
            : UNKNOWN;
    if (fragment >= 0) {
      took[fragment] = since(up, now);
    }
    up = now;
  }

  private void peaked(int fragment, long kibibytes) {
    if (fragment < memory.length) {
      memory[fragment] = kibibytes * 1024;
    }
  }

  private static int since(long before, long now) {
    return before < 0 || now < before ? UNKNOWN : (int) Math.min(Integer.MAX_VALUE, now - before);
  }

  private static long milliseconds(String minutes, String seconds) {
    return Long.parseLong(minutes) * 60_000 + Math.round(Double.parseDouble(seconds) * 1000);
  }
}
