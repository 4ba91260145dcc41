package org.golempipeline.cli.terminal;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.golem.GolemException;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.report.DiagnosticText;
import org.golempipeline.report.TerminalText;
import org.jspecify.annotations.Nullable;

/** What is said to the user apart from a run's report; all of it goes to standard error. */
public final class Messages {
  private final Console console;

  public Messages(Console console) {
    this.console = console;
  }

  public void error(String message, @Nullable String hint) {
    say("error", message, hint);
  }

  public void warning(String message, @Nullable String hint) {
    say("warning", message, hint);
  }

  /** What takes its time now. */
  public void line(String line) {
    console.err().println(TerminalText.safe(line));
  }

  /** A run that is not counted in. */
  public void unreadable(String run, IOException why) {
    warning(
        "Run %s is left out: %s.".formatted(run, Trouble.reason(why)),
        "Check the permissions of its folder; if its journal is damaged, remove the folder.");
  }

  private void say(String severity, String message, @Nullable String hint) {
    var err = console.err();
    err.println(severity + ": " + TerminalText.safe(message));
    if (hint != null) {
      err.println("  hint: " + TerminalText.safe(hint));
    }
  }

  public void diagnostics(List<Diagnostic> diagnostics) {
    console.err().print(new DiagnosticText(console.colouredErr()).of(diagnostics));
  }

  /**
   * What {@code checked} has, once everything that is wrong was shown.
   *
   * @throws Refusal if it has nothing
   */
  public <T> T require(Checked<T> checked) throws Refusal {
    if (checked.orNull() == null) {
      throw Refusal.of(checked.diagnostics());
    }
    diagnostics(checked.diagnostics());
    return checked.orNull();
  }

  /** What the daemon, the market or a registry did not do, as the reason why a command ends. */
  public static Refusal refusal(GolemException trouble) {
    return new Refusal(
        ExitCodes.PLATFORM, String.valueOf(trouble.getMessage()), trouble.hint().orElse(null));
  }

  /** Why something was refused. */
  public void refused(Refusal refusal) {
    if (refusal.diagnostics().isEmpty()) {
      error(String.valueOf(refusal.getMessage()), refusal.hint());
    } else {
      diagnostics(refusal.diagnostics());
    }
  }

  /** The only place that shows a stack. */
  public void bug(Throwable exception) {
    PrintStream err = console.err();
    err.println("This is a bug in golem-pipeline. Please report it with these lines:");
    var stack = new StringWriter();
    exception.printStackTrace(new PrintWriter(stack, true));
    err.print(TerminalText.safeLines(stack.toString()));
  }
}
