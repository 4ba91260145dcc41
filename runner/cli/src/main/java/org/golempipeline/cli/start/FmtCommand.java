package org.golempipeline.cli.start;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.pipeline.PipelineText;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.plainfile.PlainFile;
import org.golempipeline.spec.PipelineFormat;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fmt}: lays pipeline files out in the usual way. */
@Command(
    name = "fmt",
    mixinStandardHelpOptions = true,
    description = {
      "Lays pipeline files out in the usual way, and files that they include: keys in the order of the"
          + " reference, two columns for each level, no needless quotes.",
      "Comments are kept, texts over several lines stay as they are, and no value changes."
    })
public final class FmtCommand implements Callable<Integer> {
  private static final String USUAL = "pipeline.yaml";

  private final Console console;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description = "Files to lay out; - reads standard input and prints. Default: " + USUAL + ".")
  List<String> files = List.of(USUAL);

  @Option(
      names = "--check",
      description = "Writes nothing, names the files that it would change, and exits with 1 then.")
  boolean check;

  public FmtCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Refusal {
    var exitCode = ExitCodes.DONE;
    for (var file : files) {
      exitCode = Math.max(exitCode, format(file));
    }
    return exitCode;
  }

  private int format(String file) throws Refusal {
    var isInput = file.equals(PipelineText.STANDARD_INPUT);
    var path = isInput ? null : console.path(file);
    var bytes = read(file, path);
    var formatted = PipelineFormat.of(bytes, file);
    if (formatted.orNull() == null) {
      new Messages(console).diagnostics(formatted.diagnostics());
      return ExitCodes.USAGE;
    }
    var now = formatted.orNull().getBytes(UTF_8);
    var same = Arrays.equals(bytes, now);
    if (check) {
      if (!same) {
        console.say(file);
      }
      return same ? ExitCodes.DONE : ExitCodes.FAILED;
    }
    if (path == null) {
      console.out().print(formatted.orNull());
    } else if (!same) {
      write(file, path, now);
      console.say(file);
    }
    return ExitCodes.DONE;
  }

  private byte[] read(String file, @Nullable Path path) throws Refusal {
    try {
      return path == null ? console.in().readAllBytes() : PlainFile.bytes(path);
    } catch (NoSuchFileException e) {
      throw Refusal.usage(
          "There is no file `%s`.".formatted(file),
          "Paths are relative to the current folder, `%s`.".formatted(console.folder()));
    } catch (IOException e) {
      throw Refusal.usage(
          "Could not read `%s`: %s.".formatted(file, Trouble.reason(e)), "Name a file.");
    }
  }

  /** All or nothing; where the name is a link, the file that it leads to. */
  private static void write(String file, Path path, byte[] bytes) throws Refusal {
    try {
      var target = path.toRealPath();
      var part = Files.createTempFile(Objects.requireNonNull(target.getParent()), ".fmt-", ".part");
      try {
        // Beside the content this brings the permissions.
        Files.copy(
            target, part, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
        Files.write(part, bytes);
        Files.move(
            part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw Refusal.usage(
          "Could not write `%s`: %s.".formatted(file, Trouble.reason(e)),
          "`golem-pipeline fmt - < %s` prints it.".formatted(file));
    }
  }
}
