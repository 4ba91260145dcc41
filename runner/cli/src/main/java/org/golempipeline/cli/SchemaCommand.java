package org.golempipeline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code schema}: for editors. */
@Command(
    name = "schema",
    mixinStandardHelpOptions = true,
    description = "Prints the JSON Schema of pipeline files, for completion and checks in editors.")
final class SchemaCommand implements Callable<Integer> {
  private static final String FILE = ".golem-pipeline/schema.json";

  private final Console console;

  @Option(
      names = "--write",
      description = {
        "Writes it to " + FILE + " in the current folder, where the first line of a pipeline file",
        "finds it:  # yaml-language-server: $$schema=" + FILE
      })
  boolean write;

  SchemaCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Refusal {
    var schema = new Wiring(console).schema();
    if (!write) {
      console.out().print(schema);
      console.out().flush();
      return ExitCodes.DONE;
    }
    var file = console.folder().resolve(FILE);
    try {
      Files.createDirectories(file.getParent());
      var part = Files.createTempFile(file.getParent(), "schema", ".part");
      Files.writeString(part, schema);
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw Refusal.usage(
          "Could not write `%s`: %s.".formatted(file, e.getMessage()),
          "Without `--write` the schema is printed.");
    }
    console.out().println("Wrote " + FILE + ".");
    console.out().flush();
    return ExitCodes.DONE;
  }
}
