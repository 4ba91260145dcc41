package org.golempipeline.plan;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.spec.ShellText;
import org.golempipeline.strategy.Shell;
import org.golempipeline.strategy.StrategyException;

/**
 * Runs the shell texts that are meant for the user's own machine. Standard output and error are
 * kept in a file; its end becomes the message when the text fails. Safe for use by several threads.
 */
public final class LocalShell implements Shell {
  private static final int SHOWN_LINES = 5;

  private final boolean allowed;

  /**
   * @param allowed false to refuse every text, as {@code --no-local-commands} asks
   */
  public LocalShell(boolean allowed) {
    this.allowed = allowed;
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

  /** Runs {@code text} and answers how it ended. */
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
          new ProcessBuilder("/bin/sh", script.toString())
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      var mentioned = new ShellText(text, Range.START).mentioned(variables.keySet());
      mentioned.forEach(name -> builder.environment().put(name, variables.get(name)));
      var process = builder.start();
      process.getOutputStream().close();
      try {
        return new Status(process.waitFor(), tail(log));
      } catch (InterruptedException e) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
        throw e;
      }
    } finally {
      Files.deleteIfExists(script);
      Files.deleteIfExists(log);
    }
  }

  private static String tail(Path log) throws IOException {
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
    return lines.isEmpty() ? "." : ": " + String.join(" / ", lines);
  }

  /**
   * How a text ended.
   *
   * @param said the end of what it wrote, as the end of a sentence
   */
  public record Status(int code, String said) {}
}
