package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Understanding a run afterwards: {@code repro} and {@code replay}. */
@Timeout(240)
class ReproIT {
  private static final String FAILING =
      """
      version: 1
      name: failing
      params: { code: 0 }
      stages:
        upper:
          input: "in/*.txt"
          run: tr a-z A-Z < "$in" > "$out"
        check:
          from: upper
          retry: { attempts: 1 }
          run: |
            echo "looking at $path"
            cp "$in" "$out"
            grep -q A "$in" || exit "$code"
          output: "out/"
      """;

  private static final String GIVEN =
      """
      version: 1
      name: given
      params: { crf: 18, words: few, token: { secret: true, env: TOKEN } }
      split: none
      run: |
        echo "$crf ${#words} ${#token}" > "$out"
        false
      retry: { attempts: 1 }
      output: out.txt
      """;

  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void write() throws IOException {
    workspace = new Workspace(folder);
    workspace.write("a b/in/a.txt", "a\n");
    workspace.write("a b/in/b.txt", "b\n");
    workspace.write("a b/it's.yaml", FAILING);
  }

  @Test
  void theSummaryNamesTheCommandThatMakesTheFolder() throws Exception {
    var ran = workspace.run("run", "a b/it's.yaml", "-p", "code=5");
    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(1);
    assertThat(ran.err()).contains("here: golem-pipeline repro check/1 'a b/it'\\''s.yaml'\n");

    var made = workspace.run("repro", "check/1", "a b/it's.yaml");

    assertThat(made.exitCode()).as(made.err()).isZero();
    assertThat(made.out()).isEqualTo("a b/.golem-pipeline/repro/check-1\n");
    var repro = folder.resolve(made.out().strip());
    assertThat(Files.readString(repro.resolve("given/fragment/in.txt"))).isEqualTo("B\n");
    assertThat(Files.readString(repro.resolve("logs/attempt-1.log")))
        .isEqualTo("looking at b.txt\n");
    assertThat(Files.readString(repro.resolve("README.txt")))
        .contains("It exited with 5", "Its log is logs/attempt-1.log.")
        .containsPattern("1\\. [-0-9]+T[0-9]+:[0-9]+:[0-9]+Z on ");
    var process = new ProcessBuilder(repro.resolve("run.sh").toString()).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(5);
    assertThat(said).startsWith("  | looking at b.txt\nlog: ");
    assertThat(workspace.files("a b/.golem-pipeline/repro").keySet())
        .allMatch(name -> name.startsWith("check-1/"));

    var again = workspace.run("repro", "01", "a b/it's.yaml", "--stage", "check");
    assertThat(again.out()).isEqualTo("a b/.golem-pipeline/repro/check-1.2\n");
    assertThat(workspace.run("logs", "last", "--in", "a b").out()).contains("params: code=5\n");
  }

  @Test
  void paramsAreThoseOfTheRun() throws Exception {
    workspace.write("given.yaml", GIVEN);
    workspace.write("words.txt", "word é\n".repeat(20_000));
    workspace.with("TOKEN", "hush-hush");
    workspace.run("run", "given.yaml", "-p", "crf=26", "-p", "words=@words.txt");
    var run = workspace.run("runs", "given.yaml").out().split(" ", 2)[0];

    var otherWords = workspace.run("repro", "0", "given.yaml");
    assertThat(otherWords.exitCode()).isEqualTo(2);
    assertThat(otherWords.err())
        .contains("`words` had in run " + run + " was too long to be kept", "`-p words=@file`");
    var made = workspace.run("repro", "0", "given.yaml", "-p", "words=@words.txt");
    assertThat(made.exitCode()).as(made.err()).isZero();
    assertThat(made.err()).contains("As in run " + run + ": crf=26.\n").doesNotContain("changed");
    assertThat(workspace.read(made.out().strip() + "/variables.sh"))
        .contains("crf='26'")
        .doesNotContain("hush");
    assertThat(workspace.files(".golem-pipeline/runs").values())
        .noneMatch(content -> content.contains("hush"));

    var named =
        workspace.run("repro", "0", "given.yaml", "--run", run, "-p", "crf=7", "-p", "words=x");
    assertThat(named.err()).contains("Run " + run + " had crf=26.\n");
    workspace.write("given.yaml", GIVEN.replace("crf: 18", "crf: { maximum: 25 }, more: a"));
    assertThat(workspace.run("repro", "0", "given.yaml").err())
        .contains("The value that `crf` had in that run must be at most `25`.");
    workspace.write("given.yaml", GIVEN.replace("crf: 18", "other: 1").replace("$crf", ""));
    var changed = workspace.run("repro", "0", "given.yaml", "-p", "words=x");
    assertThat(changed.exitCode()).as(changed.err()).isZero();
    assertThat(changed.err()).contains("warning: `given.yaml` has changed since run ");
  }

  @Test
  void secretsMustBeGivenAgain() throws Exception {
    workspace.write("given.yaml", GIVEN);
    workspace.run("run", "given.yaml", "-p", "token=hush-hush");

    var without = workspace.run("repro", "0", "given.yaml");
    assertThat(without.exitCode()).isEqualTo(2);
    assertThat(without.err())
        .contains("No run keeps its secrets, and run ", " had some: `token`.")
        .contains("hint: Give them again, by their environment variables or with `-p token=…`.");
    assertThat(workspace.run("repro", "0", "given.yaml", "-p", "token=a").exitCode()).isZero();
    assertThat(workspace.run("logs", "last").out())
        .contains("params: crf=18, words=few, token (secret)\n");
  }

  @Test
  void whatCannotBeReproducedIsSaidWithTheCure() throws Exception {
    assertThat(workspace.run("repro", "check/1", "a b/it's.yaml").err())
        .contains("of stage `upper` is needed", "hint: Run the pipeline first");
    assertThat(workspace.run("repro", "1", "a b/it's.yaml").err())
        .contains("Name the stage as well: `upper/…` or `check/…`.");
    assertThat(workspace.run("repro", "chekc/1", "a b/it's.yaml").err())
        .contains("Did you mean `check`?");
    assertThat(workspace.run("repro", "one", "a b/it's.yaml").err()).contains("`count/17`");
    assertThat(workspace.run("repro", "upper/2", "a b/it's.yaml").err())
        .contains("Stage `upper` has no fragment 2.", "from 0 to 1");
    workspace.write("full/x", "");
    var full = workspace.run("repro", "upper/1", "a b/it's.yaml", "--to", "full");
    assertThat(full.exitCode()).isEqualTo(2);
    assertThat(full.err()).contains("`full` is there already.");
    assertThat(workspace.run("repro", "upper/1", "a b/it's.yaml", "--to", "new/er").out())
        .isEqualTo("new/er\n");
    assertThat(workspace.read("new/er/given/fragment/in.txt")).isEqualTo("b\n");
  }

  @Test
  void aRunIsReplayedFromWhatItRecorded() throws Exception {
    workspace.run("run", "a b/it's.yaml", "-p", "code=5");

    var same = workspace.run("replay", "last", "--in", "a b");
    assertThat(same.out()).matches("\\d+ messages, \\d+ events: the same decisions\n");
    assertThat(same.exitCode()).isZero();

    Path journal;
    try (var files = Files.walk(folder)) {
      journal = files.filter(file -> file.endsWith("journal.ndjson")).findFirst().orElseThrow();
    }
    var text = Files.readString(journal);
    Files.writeString(
        journal, text.replace("\"fragment\":1,\"label\"", "\"fragment\":0,\"label\""));
    var other = workspace.run("replay", "last", "--in", "a b");
    assertThat(other.exitCode()).isEqualTo(1);
    assertThat(other.lines())
        .anyMatch(line -> line.matches("message \\d+, `batch-returned`"))
        .anyMatch(line -> line.startsWith("  journaled: {\"seq\":"))
        .anyMatch(line -> line.startsWith("  now:       {\"seq\":"));

    Files.writeString(journal, text);
    var messages = journal.resolveSibling("messages.ndjson");
    try (var file = java.nio.channels.FileChannel.open(messages, StandardOpenOption.WRITE)) {
      file.truncate(file.size() * 2 / 3);
    }
    var cut = workspace.run("replay", "last", "--in", "a b");
    assertThat(cut.exitCode()).isZero();
    assertThat(cut.out()).contains("the same decisions\n", "ends there, before its end.\n");

    Files.delete(messages);
    assertThat(workspace.run("replay", "last", "--in", "a b").err())
        .contains("recorded nothing to replay");
  }
}
