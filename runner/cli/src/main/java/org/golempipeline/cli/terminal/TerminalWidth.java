package org.golempipeline.cli.terminal;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;
import sun.misc.Signal;

/**
 * How wide the terminal is: {@code COLUMNS} if it is set, else what the terminal says, asked again
 * when the system tells that it has changed. Eighty where nothing is known. For several threads.
 */
final class TerminalWidth implements IntSupplier {
  private static final int UNKNOWN = 80;

  /** Uses after which it is asked anyway: a job in the background is not told of changes. */
  private static final int ASK_AGAIN = 600;

  private static final Pattern SIZE = Pattern.compile("[0-9]+ ([1-9][0-9]{0,4})\\s*");

  private final Map<String, String> environment;
  private volatile boolean changed;
  private int known;
  private int uses;

  TerminalWidth(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public synchronized int getAsInt() {
    var columns = environment.getOrDefault("COLUMNS", "");
    if (columns.matches("[1-9][0-9]{0,4}")) {
      return Integer.parseInt(columns);
    }
    if (uses == 0) {
      listen();
    }
    if (changed || uses % ASK_AGAIN == 0) {
      changed = false;
      known = ask();
    }
    uses++;
    return known;
  }

  private void listen() {
    try {
      Signal.handle(new Signal("WINCH"), signal -> changed = true);
    } catch (IllegalArgumentException e) {
      // not to be had on this system, or with -Xrs
    }
  }

  private static int ask() {
    try {
      var process =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      process.waitFor(1, TimeUnit.SECONDS);
      var size = SIZE.matcher(said);
      return size.matches() ? Integer.parseInt(size.group(1)) : UNKNOWN;
    } catch (IOException e) {
      return UNKNOWN;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return UNKNOWN;
    }
  }
}
