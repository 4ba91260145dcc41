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
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every pipeline in the documentation is right, and does what it says: those without the comment
 * {@code check only} in front are run, with the input the page gives or with two text files in
 * {@code input/}, and leave exactly the result that the page shows. So does every command line that
 * asks about images, or whether all is well: without a network, since {@code golem-pipeline node}
 * answers for the daemon, for its market and for the image registry. {@link StoryPagesIT} has the
 * pages that are read from top to bottom.
 */
@Timeout(240)
class DocsIT {
  /** A line of a block of commands, without the comment behind it. */
  private static final Pattern QUESTION =
      Pattern.compile(
          "^ {4}golem-pipeline ((?:doctor|image inspect)\\b[^#\n]*)", Pattern.MULTILINE);

  private static final String NODE = "    golem-pipeline node\n";

  @TempDir Path folder;

  @ParameterizedTest(name = "{0}")
  @MethodSource("examples")
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
    if (example.runnable()) {
      assertThat(checked.err()).isEmpty();
    } else {
      assertThat(checked.err().lines().filter(line -> line.contains(": warning:")))
          .as("input that only its reader has")
          .allMatch(line -> line.endsWith("[Input.NoMatch]"));
    }
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

  @Test
  void questionsAreAnsweredAsWritten() throws IOException {
    var page = Workspace.project().resolve("docs/golem.md");
    assertThat(Files.readString(page)).contains(NODE);
    var workspace = new Workspace(folder).with("PATH", System.getenv("PATH"));
    Files.write(folder.resolve("mine.gvmi"), ImageCommandTest.image("{}"));
    workspace.write("input/a.txt", "one\n");
    workspace.write(
        "word-count.yaml",
        DocsExample.of(page).stream()
            .map(DocsExample::text)
            .filter(text -> text.contains("\nname: word-count\n"))
            .findFirst()
            .orElseThrow());
    try (var node = ChildJvm.start(folder, Map.of(), "node")) {
      ChildJvm.await("the node", () -> variables(node).size() == 2);
      variables(node).forEach(workspace::with);
      workspace.with("GOLEM_REGISTRY_URL", variables(node).get("YAGNA_API_URL"));

      for (var question : questions()) {
        var asked = workspace.run(question.replace("FILE", "word-count.yaml").split(" +"));
        assertThat(asked.exitCode()).as(question + "\n" + asked.out() + asked.err()).isZero();
        assertThat(asked.out()).as(question).isNotEmpty();
        assertThat(asked.err()).as(question).isEmpty();
      }
    }
  }

  private static List<String> questions() throws IOException {
    var found = new ArrayList<String>();
    for (var page : pages()) {
      // What ImageStoriesIT asks.
      if (page.endsWith("images.md")) {
        continue;
      }
      QUESTION
          .matcher(Files.readString(page))
          .results()
          .forEach(line -> found.add(line.group(1).strip()));
    }
    assertThat(found).hasSizeGreaterThan(5);
    return found;
  }

  /** What the node prints for the programs that are to use it. */
  private static Map<String, String> variables(ChildJvm node) {
    var variables = new TreeMap<String, String>();
    try {
      for (var line : node.said("out").lines().toList()) {
        var equals = line.indexOf('=');
        variables.put(line.substring(0, equals), line.substring(equals + 1));
      }
    } catch (IOException e) {
      return Map.of();
    }
    return variables;
  }

  /** Those that stand alone. */
  static List<DocsExample> examples() throws IOException {
    return pipelines().stream()
        .filter(example -> StoryPagesIT.PAGES.stream().noneMatch(example.name()::contains))
        .toList();
  }

  /** Those of all pages. */
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
