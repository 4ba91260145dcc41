package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every pipeline in the documentation is right, and does what it says: those without the comment
 * {@code check only} in front are run, with the input the page gives or with two text files in
 * {@code input/}, and leave exactly the result that the page shows.
 */
@Timeout(120)
class DocsIT {
  @TempDir Path folder;

  @ParameterizedTest(name = "{0}")
  @MethodSource("pipelines")
  void worksAsWritten(DocsExample example) throws IOException {
    var workspace = new Workspace(folder);
    if (example.inputs().isEmpty()) {
      var texts = Workspace.project().resolve("pipelines/word-count/input");
      for (var volume = 1; volume <= 2; volume++) {
        workspace.write(
            "input/volume-" + volume + ".txt",
            Files.readString(texts.resolve("persuasion-volume-" + volume + ".txt")));
      }
    }
    for (var input : example.inputs().entrySet()) {
      workspace.write(input.getKey(), input.getValue());
    }
    workspace.write("pipeline.yaml", example.text());
    var before = workspace.files("").keySet();

    var checked = workspace.run("check", "pipeline.yaml");
    assertThat(checked.err()).isEmpty();
    assertThat(checked.exitCode()).isZero();
    if (example.runnable()) {
      var ran = workspace.run("run", "pipeline.yaml");
      assertThat(ran.exitCode()).as(ran.err()).isZero();
      if (example.printed() != null) {
        assertThat(ran.out()).isEqualTo(example.printed());
      }
      if (!example.results().isEmpty()) {
        assertThat(made(workspace, before)).isEqualTo(example.results());
      }
    }
  }

  static List<DocsExample> pipelines() throws IOException {
    var found = new ArrayList<DocsExample>();
    for (var page : pages()) {
      found.addAll(DocsExample.of(page));
    }
    assertThat(found).hasSizeGreaterThan(8);
    return found;
  }

  /** What a run left beside what it keeps for itself. */
  private static Map<String, String> made(Workspace workspace, Set<String> before)
      throws IOException {
    var made = new TreeMap<String, String>();
    for (var file : workspace.files("").keySet()) {
      if (!before.contains(file) && !file.startsWith(".golem-pipeline/")) {
        made.put(file, workspace.read(file));
      }
    }
    return made;
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
}
