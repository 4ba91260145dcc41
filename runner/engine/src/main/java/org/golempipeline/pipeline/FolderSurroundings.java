package org.golempipeline.pipeline;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.golempipeline.spec.Surroundings;

/**
 * What lies in the folder of a pipeline file, and what this machine's shell says to its texts. One
 * process reads all texts, for a short while at most; where there is no shell, nothing is said.
 */
@ForCommands
public final class FolderSurroundings implements Surroundings {
  private static final Path SHELL = Path.of("/bin/sh");

  /** Reads each argument without running it; a mark ends what is said to it. */
  private static final String DRIVER =
      """
      for text do
        said=$(printf '%s\\n' "$text" | /bin/sh -n 2>&1) && said=
        printf '%s\\036' "$said"
      done
      """;

  /** Longer ones are no arguments for a process; they are rare enough to go unread. */
  private static final int LONGEST_TEXT = 30_000;

  private static final int MOST_CHARACTERS = 500_000;
  private static final int LIMIT_SECONDS = 3;

  /** The name of the shell, the line if it says one, and what is wrong. */
  private static final Pattern SAID =
      Pattern.compile("[^:]*:(?: (?:line )?([0-9]{1,6}):)? (?:[Ss]yntax error: *)?(.+)");

  private final Path folder;

  public FolderSurroundings(Path folder) {
    this.folder = folder;
  }

  @Override
  public boolean isFile(String path) {
    try {
      return Files.isRegularFile(folder.resolve(path));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  @Override
  public List<Optional<Complaint>> syntax(List<String> texts) {
    var answers =
        new ArrayList<Optional<Complaint>>(Collections.nCopies(texts.size(), Optional.empty()));
    var asked = new ArrayList<Integer>();
    var command = new ArrayList<>(List.of(SHELL.toString(), "-c", DRIVER, "sh"));
    var length = 0;
    for (var i = 0; i < texts.size(); i++) {
      var text = texts.get(i);
      length += text.length();
      if (text.length() <= LONGEST_TEXT && length <= MOST_CHARACTERS && text.indexOf('\0') < 0) {
        asked.add(i);
        command.add(text);
      }
    }
    if (!asked.isEmpty() && Files.isExecutable(SHELL)) {
      var said = output(command).split("\036", -1);
      for (var i = 0; i < Math.min(asked.size(), said.length - 1); i++) {
        answers.set(asked.get(i), complaint(said[i]));
      }
    }
    return answers;
  }

  private static Optional<Complaint> complaint(String said) {
    var first = said.lines().findFirst().orElse("");
    var parts = SAID.matcher(first);
    if (!parts.matches()) {
      return Optional.empty();
    }
    var line = parts.group(1) == null ? 0 : Integer.parseInt(parts.group(1));
    return Optional.of(new Complaint(line, parts.group(2).strip()));
  }

  /** What the process prints; nothing if it does not come to an end. */
  private static String output(List<String> command) {
    var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("LC_ALL", "C");
    Process process;
    try {
      process = builder.start();
      process.getOutputStream().close();
    } catch (IOException e) {
      return "";
    }
    var reading = CompletableFuture.supplyAsync(() -> content(process));
    try {
      return reading.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      end(process);
      Thread.currentThread().interrupt();
      return "";
    } catch (ExecutionException | TimeoutException e) {
      end(process);
      return "";
    }
  }

  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static String content(Process process) {
    try {
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
