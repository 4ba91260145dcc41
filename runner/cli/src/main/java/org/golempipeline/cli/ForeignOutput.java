package org.golempipeline.cli;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.golempipeline.report.TerminalText;

/**
 * Where code of others finds itself when it prints: what it says goes to standard error, line by
 * line, and can neither steer the terminal nor get among the answers that a script reads.
 */
final class ForeignOutput extends OutputStream {
  private static final int LONGEST_LINE = 8 << 10;

  private final PrintStream err;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  private ForeignOutput(PrintStream err) {
    this.err = err;
  }

  /** Takes the place of what {@code System} has for the whole process. */
  static void divert(PrintStream err) {
    System.setOut(stream(err));
    System.setErr(stream(err));
  }

  static PrintStream stream(PrintStream err) {
    return new PrintStream(new ForeignOutput(err), true, StandardCharsets.UTF_8);
  }

  @Override
  public synchronized void write(int character) {
    if (character != '\n') {
      line.write(character);
    }
    if (character == '\n' || line.size() >= LONGEST_LINE) {
      err.println(TerminalText.safe(line.toString(StandardCharsets.UTF_8)));
      line.reset();
    }
  }
}
