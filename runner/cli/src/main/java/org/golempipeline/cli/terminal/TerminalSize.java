package org.golempipeline.cli.terminal;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.golempipeline.report.Screen;
import sun.misc.Signal;

/**
 * How large the terminal is: {@code COLUMNS} and {@code LINES} if they are set, else what the
 * terminal says, asked again when the system tells that it has changed. For several threads.
 */
final class TerminalSize implements Supplier<Screen.Size> {
  /**
   * Uses, two a frame, after which it is asked anyway: jobs in the background hear of no change.
   */
  private static final int ASK_AGAIN = 1200;

  private final Map<String, String> environment;
  private volatile boolean changed;
  private Screen.Size known = Screen.Size.USUAL;
  private int uses;

  TerminalSize(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public synchronized Screen.Size get() {
    var columns = set("COLUMNS");
    var lines = set("LINES");
    if (columns > 0 && lines > 0) {
      return new Screen.Size(columns, lines);
    }
    var asked = asked();
    return new Screen.Size(
        columns > 0 ? columns : asked.columns(), lines > 0 ? lines : asked.lines());
  }

  /** What a variable says; 0 if it says nothing. */
  private int set(String name) {
    var value = environment.getOrDefault(name, "");
    return value.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(value) : 0;
  }

  private Screen.Size asked() {
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

  /** A terminal that does not know a number says 0. */
  private static int known(String said, int usual) {
    var number = Integer.parseInt(said);
    return number > 0 ? number : usual;
  }

  private static Screen.Size ask() {
    try {
      var process =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      process.waitFor(1, TimeUnit.SECONDS);
      var size = Pattern.compile("([0-9]{1,5}) ([0-9]{1,5})\\s*").matcher(said);
      return size.matches()
          ? new Screen.Size(
              known(size.group(2), Screen.Size.USUAL.columns()),
              known(size.group(1), Screen.Size.USUAL.lines()))
          : Screen.Size.USUAL;
    } catch (IOException e) {
      return Screen.Size.USUAL;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Screen.Size.USUAL;
    }
  }
}
