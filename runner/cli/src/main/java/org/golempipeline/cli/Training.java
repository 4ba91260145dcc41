package org.golempipeline.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.golempipeline.cli.terminal.Console;
import org.golempipeline.cli.terminal.StandardOutput;
import org.golempipeline.golem.session.Inquiry;
import org.golempipeline.node.EmbeddedNode;
import org.golempipeline.node.NodeOptions;
import org.golempipeline.report.Screen;
import org.golempipeline.workplace.NodeOnDemand;

/**
 * Goes through the usual commands once, so that the JVM that the launcher starts for this can keep
 * the classes it loaded for later starts. Nothing of it is shown.
 */
final class Training {
  static final String PIPELINE =
      """
      # yaml-language-server: $schema=.golem-pipeline/schema.json
      version: 1
      name: training
      params:
        word: { default: a, pattern: "^[a-z]+$", description: What is counted. }
      budget: 1 GLM
      stages:
        tally:
          input: input/*.txt
          split: { lines: 2 }
          matrix: { times: 1..2 }
          run: grep -c -m "$times" "$word" "$in" > "$out" || [ $? -eq 1 ]
          merge: sum
        show:
          from: tally
          run: cat "$in" > "$out"
          accept: grep -q . "$in"
          merge: concat
          output: result.txt
        copy:
          input: input/*.txt
          run: cat "$in" > "$out"
          merge: concat
          output: copy.txt
      """;

  private Training() {}

  /** The pipeline with mistakes. */
  static String wrong() {
    return PIPELINE.replace("budget: 1", "budgte: one");
  }

  public static void main(String[] arguments) throws Exception {
    var exit = ForeignExit.watch(Main.settled(new StandardOutput()));
    HeadStart.take("run");
    var folder = Path.of(arguments[0]).toAbsolutePath();
    Files.createDirectories(folder.resolve("input"));
    Files.writeString(folder.resolve("input/text.txt"), "a\nb\nab\n");
    Files.writeString(folder.resolve("right.yaml"), PIPELINE);
    Files.writeString(folder.resolve("wrong.yaml"), wrong());
    var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    var console =
        new Console(
            InputStream.nullInputStream(),
            nowhere,
            nowhere,
            false,
            true,
            () -> Screen.Size.USUAL,
            Map.of(),
            folder,
            Clock.systemUTC());
    for (var command :
        new String[] {
          "check wrong.yaml",
          "check --json wrong.yaml",
          "plan right.yaml",
          "check right.yaml",
          "run right.yaml --overwrite",
          "run right.yaml",
          "--help",
          "--version"
        }) {
      new GolemPipeline(console).execute(command.split(" ", -1));
    }
    // A local run needs no HTTP.
    var options = new NodeOptions(0, "key", 1, folder.resolve("node"), 1, true);
    try (var node = EmbeddedNode.start(options);
        var inquiry =
            new Inquiry(NodeOnDemand.connection(node), Duration.ofSeconds(10), console.clock())) {
      inquiry.version().join();
    }
    exit.expect();
    System.exit(0);
  }
}
