package org.golempipeline.cli.start;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.cli.terminal.Messages;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.plugins.Plugins;
import org.golempipeline.report.ShellWord;
import org.golempipeline.report.TerminalText;
import org.golempipeline.spec.Overrides;
import org.golempipeline.spec.PipelineFiles;
import org.golempipeline.spec.PipelineSchema;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code init}: a first pipeline file. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = {
      "Writes a pipeline file with comments that runs as it is, and the schema for editors.",
      "With --input, --run and the like it holds your own. No file is ever overwritten."
    })
public final class InitCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "Where to write it. Default: pipeline.yaml.")
  String file = "pipeline.yaml";

  @Option(
      names = "--input",
      paramLabel = "PATTERN",
      description = "Your files, such as 'photos/*.jpg' in quotes; repeat it for more.")
  List<String> inputs = new ArrayList<>();

  @Option(
      names = "--run",
      paramLabel = "COMMAND",
      description = "What is run for each fragment: reads $$in and writes $$out.")
  @Nullable String run;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      description = "How the input is cut, such as 'lines: 1000'. Default: a fragment for a file.")
  @Nullable String split;

  @Option(
      names = "--merge",
      paramLabel = "MERGE",
      description = "What becomes of the outputs, such as concat. Default with --run: collect.")
  @Nullable String merge;

  @Option(
      names = "--output",
      paramLabel = "PATH",
      description = "Where the result goes. Default: a file or folder in result/.")
  @Nullable String output;

  public InitCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Refusal {
    var target = target();
    var text =
        new FirstPipeline(target, inputs, split, run, merge, output)
            .text()
            .getBytes(StandardCharsets.UTF_8);
    var strategies = Plugins.NONE.strategies();
    var checked = PipelineFiles.load(text, file, strategies, Overrides.NONE);
    new Messages(console).diagnostics(checked.diagnostics());
    if (checked.orNull() == null) {
      throw Refusal.usage(
          "Nothing was written: with these options `%s` would be wrong.".formatted(file),
          "Correct them, or write the file without them and edit it.");
    }
    try {
      write(target, text, PipelineSchema.json(strategies));
    } catch (IOException e) {
      throw new Refusal(
          ExitCodes.FAILED,
          "Could not write `%s` and `%s` beside it: %s."
              .formatted(file, SchemaFile.NAME, Trouble.reason(e)),
          "Nothing is left of them. Check permissions and free space there.");
    }
    console
        .out()
        .print(
            """
            Wrote %s, and %s beside it for editors.
            Next: golem-pipeline run %s
            """
                .formatted(TerminalText.safe(file), SchemaFile.NAME, shown()));
    return ExitCodes.DONE;
  }

  private String shown() {
    return TerminalText.safe(ShellWord.of(file));
  }

  /** The file that is to be written, which is not there. */
  private Path target() throws Refusal {
    var target = console.path(file).toAbsolutePath().normalize();
    if (Files.isDirectory(target)) {
      throw Refusal.usage(
          "`%s` is a folder.".formatted(file),
          "Name a file in it: `%s`."
              .formatted(ShellWord.of(file.replaceAll("/+$", "") + "/pipeline.yaml")));
    }
    if (!file.matches("(?s).*[^/]\\.ya?ml")) {
      throw Refusal.usage(
          "`%s` does not end in `.yaml`, by which editors know pipeline files.".formatted(file),
          inputs.isEmpty()
              ? "Write `golem-pipeline init %s`."
                  .formatted(ShellWord.of(file.replaceAll("[./]+$", "") + ".yaml"))
              : "Write `--input '*.txt'` in quotes, or the shell puts the names of files there.");
    }
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw Refusal.usage(
          "`%s` is already there, and `init` overwrites nothing.".formatted(file),
          "Name another file, or move this one away first.");
    }
    if (!Files.isDirectory(Objects.requireNonNull(target.getParent()))) {
      var folder = Objects.requireNonNull(Path.of(file).getParent()).toString();
      throw Refusal.usage(
          "There is no folder `%s`.".formatted(folder),
          "Make it first: `mkdir -p %s`.".formatted(ShellWord.of(folder)));
    }
    return target;
  }

  /** Both or neither, and never over a file that somebody else made in the meantime. */
  private static void write(Path target, byte[] text, String schema) throws IOException {
    try (var out =
        Files.newOutputStream(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      try {
        out.write(text);
        SchemaFile.write(Objects.requireNonNull(target.getParent()), schema);
      } catch (IOException e) {
        try {
          Files.deleteIfExists(target);
        } catch (IOException left) {
          e.addSuppressed(left);
        }
        throw e;
      }
    }
  }
}
