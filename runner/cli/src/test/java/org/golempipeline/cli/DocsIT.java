package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every pipeline in the documentation is right, and does what it says: those without the comment
 * {@code check only} in front are run, with two text files in {@code input/}.
 */
@Timeout(120)
class DocsIT {
  private static final Pattern BLOCK =
      Pattern.compile(
          "(<!-- check only -->\\s*)?^```ya?ml\\R(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

  @TempDir Path folder;

  @ParameterizedTest(name = "{0}")
  @MethodSource("pipelines")
  void worksAsWritten(Example example) throws IOException {
    var texts = Workspace.project().resolve("pipelines/word-count/input");
    var workspace = new Workspace(folder);
    for (var volume = 1; volume <= 2; volume++) {
      workspace.write(
          "input/volume-" + volume + ".txt",
          Files.readString(texts.resolve("persuasion-volume-" + volume + ".txt")));
    }
    workspace.write("pipeline.yaml", example.text());

    var checked = workspace.run("check", "pipeline.yaml");
    assertThat(checked.err()).isEmpty();
    assertThat(checked.exitCode()).isZero();
    if (example.runnable()) {
      var ran = workspace.run("run", "pipeline.yaml");
      assertThat(ran.exitCode()).as(ran.err()).isZero();
    }
  }

  static List<Example> pipelines() throws IOException {
    var found = new ArrayList<Example>();
    for (var page : pages()) {
      var name = Workspace.project().relativize(page).toString();
      var blocks = BLOCK.matcher(Files.readString(page));
      while (blocks.find()) {
        if (blocks.group(2).contains("version:")) {
          found.add(
              new Example(name + " " + found.size(), blocks.group(2), blocks.group(1) == null));
        }
      }
    }
    assertThat(found).hasSizeGreaterThan(8);
    return found;
  }

  private static List<Path> pages() throws IOException {
    try (var docs = Files.walk(Workspace.project().resolve("docs"))) {
      return Stream.concat(
              Stream.of(Workspace.project().resolve("README.md")),
              docs.filter(file -> file.toString().endsWith(".md")))
          .sorted()
          .toList();
    }
  }

  /** A block of a page. */
  record Example(String name, String text, boolean runnable) {
    @Override
    public String toString() {
      return name;
    }
  }
}
