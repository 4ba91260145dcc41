package org.golempipeline.plan;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.spec.Secrets;
import org.golempipeline.spec.ShellText;
import org.golempipeline.spec.Timeouts;
import org.golempipeline.strategy.Shell;
import org.golempipeline.strategy.StrategyException;

/**
 * Runs the shell texts that are meant for the user's own machine. Standard output and error are
 * kept in a file; its end becomes the message when the text fails, without secrets. A text that
 * takes longer than {@code timeout.run} is killed with all that it started. Safe for use by several
 * threads.
 */
public final class LocalShell implements Shell {
  private static final int SHOWN_LINES = 5;

  /**
   * Runs the script $1 for as long as the pipe at its standard input is open on our side. With a
   * session of its own it kills all that the script started, otherwise the script itself.
   */
  private static final String GUARD =
      """
      exec 3<&0 </dev/null
      /bin/sh "$1" 3<&- &
      script=$!
      { read -r line <&3; kill -s KILL -- -$$ || kill -9 "$script"; } 2>/dev/null &
      guard=$!
      exec 3<&-
      wait "$script"
      status=$?
      kill "$guard"
      exit "$status"
      """;

  /** How long the guard may take to kill what it guards. */
  private static final Duration END_LIMIT = Duration.ofSeconds(5);

  private static final Path SETSID = Path.of("/usr/bin/setsid");

  private final boolean allowed;
  private final Secrets secrets;
  private final Duration limit;

  /**
   * @param allowed false to refuse every text, as {@code --no-local-commands} asks
   * @param secrets that texts may be given
   */
  public LocalShell(boolean allowed, Secrets secrets) {
    this(allowed, secrets, Timeouts.DEFAULT.run());
  }

  private LocalShell(boolean allowed, Secrets secrets, Duration limit) {
    this.allowed = allowed;
    this.secrets = secrets;
    this.limit = limit;
  }

  /** The same for texts of a stage with {@code timeouts}. */
  public LocalShell within(Timeouts timeouts) {
    return new LocalShell(allowed, secrets, timeouts.run());
  }

  @Override
  public void run(String what, String text, Map<String, String> variables, Path folder)
      throws IOException, StrategyException, InterruptedException {
    var status = status(what, text, variables, folder);
    if (status.code() != 0) {
      throw new StrategyException(
          "`%s` exited with %d%s".formatted(what, status.code(), status.said()));
    }
  }

  /**
   * Runs {@code text} and answers how it ended.
   *
   * @throws OutOfTimeException if it took too long; nothing of it is left
   */
  public Status status(String what, String text, Map<String, String> variables, Path folder)
      throws IOException, StrategyException, InterruptedException {
    if (!allowed) {
      throw new StrategyException(
          "`%s` would run a command on this machine, which `--no-local-commands` forbids."
              .formatted(what),
          "Leave the option away if you trust the pipeline file.");
    }
    var script = Files.createTempFile(folder, ".shell-", ".sh");
    var log = Files.createTempFile(folder, ".shell-", ".log");
    try {
      Files.writeString(
          script,
          "set -eu\n(set -o pipefail) 2>/dev/null && set -o pipefail\n" + text + "\n",
          StandardCharsets.UTF_8);
      var builder =
          new ProcessBuilder(guarded(script))
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      var mentioned = new ShellText(text, Range.START).mentioned(variables.keySet());
      mentioned.forEach(name -> builder.environment().put(name, variables.get(name)));
      var process = builder.start();
      try {
        if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
          throw new OutOfTimeException(what, limit);
        }
        return new Status(process.exitValue(), tail(log));
      } finally {
        end(process);
      }
    } finally {
      Files.deleteIfExists(script);
      Files.deleteIfExists(log);
    }
  }

  /** The guard kills the session; what has left it, or has none, is killed one by one. */
  private static void end(Process process) throws IOException, InterruptedException {
    if (!process.isAlive()) {
      process.getOutputStream().close();
      return;
    }
    var left = process.descendants().toList();
    process.getOutputStream().close();
    if (!process.waitFor(END_LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
      process.destroyForcibly();
    }
    left.forEach(ProcessHandle::destroyForcibly);
  }

  private static List<String> guarded(Path script) {
    var words = new ArrayList<String>();
    if (Files.isExecutable(SETSID)) {
      words.add(SETSID.toString());
    }
    words.addAll(List.of("/bin/sh", "-c", GUARD, "sh", script.toString()));
    return words;
  }

  private String tail(Path log) throws IOException {
    var lines = new ArrayDeque<String>();
    try (var reader =
        new java.io.BufferedReader(
            new java.io.InputStreamReader(
                Files.newInputStream(log),
                StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(java.nio.charset.CodingErrorAction.REPLACE)))) {
      for (var line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
        if (lines.size() > SHOWN_LINES) {
          lines.remove();
        }
      }
    }
    var said = secrets.hide(String.join("\n", lines));
    return lines.isEmpty() ? "." : ": " + said.replace("\n", " / ");
  }

  /** A text took longer than its stage allows. */
  public static final class OutOfTimeException extends StrategyException {
    private static final long serialVersionUID = 1L;

    OutOfTimeException(String what, Duration limit) {
      super(
          "`%s` took longer than `timeout.run`, which is %s, and was killed on this machine."
              .formatted(what, Timeouts.say(limit)),
          "Raise `timeout: { run: … }` of the stage, or see what `%s` waits for.".formatted(what));
    }
  }

  /**
   * How a text ended.
   *
   * @param said the end of what it wrote, as the end of a sentence
   */
  public record Status(int code, String said) {}
}
