package org.golempipeline.run;

import java.util.Map;

/** Exit statuses in words. */
final class ExitStatus {
  private static final Map<Integer, String> SIGNALS =
      Map.of(
          4, "it executed an illegal instruction",
          6, "it aborted",
          7, "it had a bus error",
          8, "it divided by zero or the like",
          9, "it was killed; perhaps memory was short",
          11, "it accessed memory that is not its own",
          13, "nobody read what it wrote",
          15, "it was told to end",
          25, "a file of it became larger than `resources.storage` allows");

  /** Of Linux; shells say 128 more, and what is beyond that is the program's own. */
  private static final int LAST_SIGNAL = 64;

  private ExitStatus() {}

  /** A sentence about a status as a shell reports it. */
  static String say(int status) {
    if (status == 126) {
      return "It exited with 126: a program in it is not executable.";
    }
    if (status == 127) {
      return "It exited with 127: a program in it was not found.";
    }
    if (status > 128 && status <= 128 + LAST_SIGNAL) {
      var signal = SIGNALS.get(status - 128);
      return signal == null
          ? "It exited with %d, which is signal %d.".formatted(status, status - 128)
          : "It exited with %d: %s.".formatted(status, signal);
    }
    if (status == 255) {
      return "It exited with 255, by which `ssh`, `perl`, `php` and others say that they gave up.";
    }
    return "It exited with %d.".formatted(status);
  }
}
