package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code init} writes runs at once. */
@Timeout(240)
class InitIT {
  private static final Pattern LINE =
      Pattern.compile("^    golem-pipeline (init\\b.*)$", Pattern.MULTILINE);

  @TempDir Path folder;

  @Test
  void aFirstRunNeedsNothingElse() throws IOException {
    var workspace = new Workspace(Files.createDirectory(folder.resolve("it's $(my) \"folder\"")));

    workspace.run("init");
    var ran = workspace.run("run", "pipeline.yaml");

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(ran.err()).contains("it-s-my-folder: done in").doesNotContain("warning");
    assertThat(workspace.read("result/it-s-my-folder.txt"))
        .as("primes below 100,000")
        .isEqualTo("9592\n");
    assertThat(workspace.read(".golem-pipeline/schema.json")).startsWith("{");
  }

  /** One after the other in one folder, with the two files that the guide says are there. */
  @Test
  void theGuideShowsWhatWorks() throws IOException {
    var workspace = new Workspace(folder);
    workspace.write("input/volume-1.txt", "one two\nthree\n");
    workspace.write("input/volume-2.txt", "four\n");
    var results = 0;
    for (var line : linesOfTheGuide()) {
      var words = Workspace.words(line);
      var file = words.length > 1 && words[1].endsWith(".yaml") ? words[1] : "pipeline.yaml";

      var written = workspace.run(words);
      assertThat(written.err()).as(line).isEmpty();
      var ran = workspace.run("run", file);
      assertThat(ran.exitCode()).as(ran.err()).isZero();
      assertThat(workspace.files("result")).as(line).hasSizeGreaterThan(results);
      results = workspace.files("result").size();
    }
    assertThat(workspace.read("result/lines.txt")).isEqualTo("3\n");
    assertThat(workspace.read("result/words.txt")).isEqualTo("4\n");
    assertThat(workspace.files("result/upper")).hasSize(2);
  }

  private static List<String> linesOfTheGuide() throws IOException {
    var guide = Files.readString(Workspace.project().resolve("docs/guide.md"));
    var lines = LINE.matcher(guide).results().map(line -> line.group(1)).toList();
    assertThat(lines).hasSizeGreaterThan(2);
    return lines;
  }
}
