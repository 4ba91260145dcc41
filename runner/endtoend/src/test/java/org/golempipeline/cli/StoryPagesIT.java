package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pages that promise to work from top to bottom do, each in one folder: every pipeline is saved
 * under its name and run when it appears, every command is executed, {@code sh} blocks too, and
 * what a page shows behind {@code Result, `name`:} or {@code Printed:} is what is there then. Of
 * rehearsals only the file is looked for: what one finds depends on chance and on this machine. So
 * it is for runs that would go on without the test: {@link DetachedIT} has them.
 */
@Timeout(240)
class StoryPagesIT {
  static final Set<String> PAGES = Set.of("guide.md", "media.md", "genomes.md");

  private static final Pattern STEP =
      Pattern.compile(
          "^(?:Result, `(?<file>[^`]+)`:|(?<printed>Printed:))?\\R*"
              + "^```(?<language>\\w*)\\R(?<block>.*?)^```$"
              + "|^ {4}(?:(?<variable>[A-Z_]+)='(?<value>[^']*)' |source <\\()?"
              + "golem-pipeline (?<command>(?:'[^']*'|[^'#)|\\n])+)",
          Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern NAME = Pattern.compile("^name: (\\S+)$", Pattern.MULTILINE);

  @TempDir Path folder;
  private Workspace workspace;
  private String printed = "";

  @BeforeEach
  void open() {
    workspace = new Workspace(folder);
  }

  @Test
  void guide() throws Exception {
    var texts = Workspace.project().resolve("pipelines/word-count/input");
    for (var volume = 1; volume <= 2; volume++) {
      workspace.write(
          "input/volume-" + volume + ".txt",
          Files.readString(texts.resolve("persuasion-volume-" + volume + ".txt")));
    }

    assertThat(steps("docs/guide.md")).isGreaterThan(30);
  }

  @Test
  void media() throws Exception {
    assertThat(steps("docs/media.md")).isGreaterThan(5);
  }

  @Test
  void genomes() throws Exception {
    var example = Workspace.project().resolve("pipelines/phage-reads/input");
    workspace.copy(example, "reads");
    Files.move(folder.resolve("reads/lambda.fa"), folder.resolve("ref.fa"));

    assertThat(steps("docs/genomes.md")).isGreaterThan(8);
  }

  /** Does what a page says, and says how many steps that were. */
  private int steps(String page) throws Exception {
    var step = STEP.matcher(Files.readString(Workspace.project().resolve(page)));
    var steps = 0;
    for (; step.find(); steps++) {
      var block = step.group("block");
      if (step.group("file") != null) {
        assertThat(workspace.read(step.group("file"))).isEqualTo(block);
      } else if (step.group("printed") != null) {
        assertThat(printed).isEqualTo(block);
      } else if (step.group("command") != null) {
        command(step.group("command"), step.group("variable"), step.group("value"));
      } else if (step.group("language").equals("sh")) {
        shell(block);
      } else if (step.group("language").equals("yaml")) {
        pipeline(block);
      }
    }
    return steps;
  }

  private void pipeline(String text) throws IOException {
    var name = NAME.matcher(text);
    assertThat(name.find()).as(text).isTrue();
    var file = name.group(1) + ".yaml";
    assertThat(folder.resolve(file)).as("saved under its name").doesNotExist();
    workspace.write(file, text);
    if (text.contains("secret: true")) {
      return; // The command behind it gives the secret.
    }
    run("run", file);
  }

  private void command(String command, @Nullable String variable, @Nullable String value) {
    if (variable != null && value != null) {
      workspace.with(variable, value);
    }
    var words = Workspace.words(command);
    if (words[0].equals("rehearse") || List.of(words).contains("--detach")) {
      assertThat(folder.resolve(words[1])).isRegularFile();
    } else if (List.of(words).contains("--web")) {
      assertThat(words[0]).isEqualTo("watch"); // until Ctrl-C; LivePageIT has the page
    } else {
      run(words);
    }
  }

  private void run(String... words) {
    var ran = workspace.run(words);
    assertThat(ran.exitCode()).as(String.join(" ", words) + "\n" + ran.out() + ran.err()).isZero();
    assertThat(ran.err()).doesNotContain("warning");
    printed = ran.out();
  }

  private void shell(String commands) throws Exception {
    var process =
        new ProcessBuilder("sh", "-eu", "-c", commands)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(commands + printed).isZero();
  }
}
