package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.journal.Journal;
import org.golempipeline.journal.RunHistory;
import org.golempipeline.journal.RunParams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunParamsTest {
  private static final String YAML =
      """
      version: 1
      name: params
      params:
        crf: 18
        words: { type: string }
        token: { secret: true, env: TOKEN }
        later: it's
      run: 'echo "$crf $token $later ${#words}" > "$out"'
      output: out.txt
      """;

  @Test
  void aRunKeepsItsParamsButNoSecrets(@TempDir Path folder) throws Exception {
    var project = new Project(folder);
    project.environment.put("TOKEN", "hush-hush");
    project.params.put("crf", "26");
    var words = "word é\n".repeat(20_000);
    project.params.put("words", words);
    project.run(YAML);

    var run = folder.resolve(".golem-pipeline/runs/run-0");
    var params = new RunParams(history(project, run).started());

    assertThat(project.events(RunEvent.RunStarted.class).get(0).params())
        .hasSize(4)
        .contains(
            new RunEvent.Param("crf", "26", null),
            new RunEvent.Param("token", null, null),
            new RunEvent.Param("words", null, RunParams.digest(words)));
    assertThat(params.values()).containsEntry("crf", "26").containsEntry("later", "it's");
    assertThat(params.secrets()).containsExactly("token");
    for (var file : new String[] {"journal.ndjson", "messages.ndjson"}) {
      assertThat(Files.readString(run.resolve(file)))
          .contains("token")
          .doesNotContain("hush-hush")
          .doesNotContain(RunParams.digest("hush-hush"))
          .doesNotContain("word é");
    }
    var same = project.plan(YAML).orNull().spec();
    assertThat(params.othersIn(same)).isEmpty();
    assertThat(params.isOfAnotherText(same)).isFalse();
    project.params.put("words", "others");
    var other = project.plan(YAML.replace("18", "20")).orNull().spec();
    assertThat(params.othersIn(other)).containsExactly("words");
    assertThat(params.isOfAnotherText(other)).isTrue();
  }

  @Test
  void theBeginningOfAJournalMayBeLong(@TempDir Path folder) throws Exception {
    var project = new Project(folder);
    var yaml =
        new StringBuilder("version: 1\nname: many\nrun: echo > \"$out\"\noutput: o\nparams:\n");
    for (var i = 0; i < 12; i++) {
      yaml.append("  p").append(i).append(": x\n");
      project.params.put("p" + i, "é".repeat(16_000));
    }
    project.run(yaml.toString());

    var history = history(project, folder.resolve(".golem-pipeline/runs/run-0"));

    assertThat(new RunParams(history.started()).values()).hasSize(12);
    assertThat(history.exitCode()).isZero();
  }

  private static RunHistory history(Project project, Path run) throws IOException {
    try (var journal = Journal.create(run.resolve("journal.ndjson"))) {
      for (var i = 0; i < project.events.size(); i++) {
        journal.accept(new StampedEvent(i, Instant.EPOCH, project.events.get(i)));
      }
    }
    return RunHistory.read(run);
  }
}
