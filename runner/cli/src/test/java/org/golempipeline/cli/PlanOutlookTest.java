package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PlanOutlookTest {
  private static final String PIPELINE =
      """
      version: 1
      name: count
      input: in/*.txt
      run: wc -l < "$in" | tr -d ' ' > "$out"
      merge: concat
      output: counts.txt
      """;

  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void write() throws IOException {
    workspace = new Workspace(folder);
    workspace.write("p.yaml", PIPELINE);
    for (var name : new String[] {"a", "b", "c"}) {
      workspace.write("in/" + name + ".txt", name + "\n");
      var longAgo = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
      Files.setLastModifiedTime(folder.resolve("in/" + name + ".txt"), longAgo);
    }
  }

  @Test
  void nothingIsSaidOfRunsThatWereNot() {
    assertThat(workspace.run("plan", "p.yaml").out()).doesNotContain("earlier runs");
    assertThat(folder.resolve(".golem-pipeline/cache")).doesNotExist();
  }

  @Test
  void saysWhatIsKeptAndWhyTheRestIsNot() throws IOException {
    assertThat(workspace.run("run", "p.yaml").exitCode()).isZero();
    workspace.write("in/b.txt", "other\n");

    assertThat(workspace.run("plan", "p.yaml").out())
        .contains("from earlier runs, count: 2 of 3 fragments kept: input b.txt changed");
    try (var runs = Files.list(folder.resolve(".golem-pipeline/runs"))) {
      assertThat(runs).as("a plan is no run").hasSize(1);
    }
  }

  @Test
  void saysWhatAuditsPromise() throws IOException {
    workspace.write("p.yaml", PIPELINE + "verify: { audit: 5% }\n");

    assertThat(workspace.run("plan", "p.yaml").out())
        .contains(
            "audits, count: who falsifies 10 results goes unnoticed with a chance of at most 60 %,"
                + " 50 with at most 8 %; at most 20 % if a fifth of the providers vouches for it");
  }
}
