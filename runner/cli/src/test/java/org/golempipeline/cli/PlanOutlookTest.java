package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.journal.Journal;
import org.golempipeline.report.Words;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
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
  void saysThatAMergedFileIsKept() throws IOException {
    workspace.write(
        "p.yaml", PIPELINE.replace("merge: concat\noutput: counts.txt", "merge: value"));
    for (var name : new String[] {"b", "c"}) {
      Files.delete(folder.resolve("in/" + name + ".txt"));
    }
    workspace.later(Duration.ofMinutes(1));
    assertThat(workspace.run("run", "p.yaml").exitCode()).isZero();

    assertThat(workspace.run("plan", "p.yaml").out())
        .contains("from earlier runs, count: nothing to do, the result is kept\n");
  }

  @Test
  void saysHowLongAnImageTakesFromHere() throws IOException {
    workspace.with("XDG_CACHE_HOME", folder.resolve("cache").toString());
    var size =
        Files.write(folder.resolve("x.gvmi"), ImageCommandTest.image("{}")).toFile().length();
    workspace.write("p.yaml", PIPELINE + "image: ./x.gvmi\nworkers: 40\nbudget: 1 GLM\n");
    var told =
        "image `./x.gvmi`: " + Words.size(size) + " from this machine to each of 40 providers, ";
    var seconds = (size * 8 * 40 + 1999) / 2000;

    assertThat(workspace.run("plan", "p.yaml", "--on", "golem").out())
        .contains(told)
        .contains(" at 20 Mbit/s, as many lines at home send\n");
    assertThat(workspace.run("plan", "p.yaml", "--on", "golem", "--uplink", "2kbit/s").out())
        .contains(told + Words.duration(Duration.ofSeconds(seconds)) + " at 2kbit/s\n");
    assertThat(workspace.run("plan", "p.yaml").out()).doesNotContain("from this machine");
    assertThat(workspace.run("plan", "p.yaml", "--uplink", "1Mbit"))
        .returns(2, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .asString()
        .contains("no image is sent", "`--on golem`");
    workspace.write("p.yaml", workspace.read("p.yaml").replace("workers: 40", "workers: 1"));
    assertThat(workspace.run("plan", "p.yaml", "--on", "golem").out())
        .contains("from this machine to one provider, ");
  }

  @Test
  void theLastRunThatSentEnoughSaysHowFastThisMachineIs() throws Exception {
    workspace.with("XDG_CACHE_HOME", folder.resolve("cache").toString());
    var tar = new ProcessBuilder("tar", "-cf", "root.tar", "in").directory(folder.toFile());
    assertThat(tar.start().waitFor()).isZero();
    assertThat(workspace.run("image", "build", "root.tar", "-o", "x.gvmi").exitCode()).isZero();
    var size = Files.size(folder.resolve("x.gvmi"));
    workspace.write("p.yaml", PIPELINE + "image: ./x.gvmi\nworkers: 1000\nbudget: 1 GLM\n");
    sent("20260101-000000-a", "golem", 9_000_000, 90_000_000);
    sent("20260102-000000-b", "golem", 7_900_000, 1000);
    sent("20260103-000000-c", "local", 100_000_000, 1000);

    var time = Words.duration(Duration.ofSeconds(size * 10));
    assertThat(workspace.run("plan", "p.yaml", "--on", "golem"))
        .satisfies(
            ran ->
                assertThat(ran.out())
                    .contains(time + " at 0.0008 Mbit/s, as in the run of 2026-02-03\n"))
        .extracting(Workspace.Ran::err)
        .asString()
        .contains("min at 0.0008 Mbit/s, as in the run of 2026-02-03. [Image.Large]");
    assertThat(workspace.run("check", "p.yaml").err())
        .contains("min at 0.0008 Mbit/s, as in the run of 2026-02-03. [Image.Large]");
    assertThat(workspace.run("plan", "p.yaml", "--on", "golem", "--uplink", "1Gbit"))
        .satisfies(ran -> assertThat(ran.out()).contains(" at 1Gbit\n"))
        .extracting(Workspace.Ran::err)
        .asString()
        .doesNotContain("Image.Large");
  }

  /** The journal of a run in which providers fetched so much in so long a time. */
  private void sent(String id, String target, long bytes, long milliseconds) throws IOException {
    var at = Instant.parse("2026-02-03T04:05:06Z");
    try (var journal =
        Journal.create(
            folder.resolve(".golem-pipeline/runs").resolve(id).resolve("journal.ndjson"))) {
      journal.accept(
          new StampedEvent(
              0,
              at,
              new RunEvent.RunStarted(
                  id,
                  "count",
                  "p.yaml",
                  target,
                  "s",
                  1,
                  List.of("count"),
                  List.of(),
                  null,
                  List.of())));
      journal.accept(new StampedEvent(1, at, new RunEvent.FilesServed(bytes, milliseconds)));
    }
  }

  @Test
  void refusesRatesThatAreNone() {
    for (var rate : new String[] {"0Mbit", "20", "20MiB", "fast", "-1Mbit"}) {
      assertThat(workspace.run("plan", "p.yaml", "--uplink=" + rate))
          .returns(2, Workspace.Ran::exitCode)
          .extracting(Workspace.Ran::err)
          .asString()
          .contains("`" + rate + "` is no rate such as 20Mbit");
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

  @Test
  void estimatesTimeByEarlierRuns() throws IOException {
    journal("20260101-000000-aaaaaa", "local", batch(0, 3, 6000));
    journal("20260102-000000-aaaaaa", "local", batch(0, 1, 1000) + batch(1, 1, 9000));
    journal("20260103-000000-aaaaaa", "golem", "");
    workspace.write("p.yaml", PIPELINE + "workers: 1\n");

    assertThat(workspace.run("plan", "p.yaml").out())
        .contains(
            "estimate, on this machine: 9.0 s (6.0 s to 30 s) with 1 worker,"
                + " going by 2 earlier runs\n")
        .doesNotContain("golem");
  }

  @Test
  void estimatesCostByTheHighestPrices() throws IOException {
    journal("20260101-000000-aaaaaa", "local", batch(0, 3, 10_797_000));
    var terms = "golem: { price: { start: 0.1 GLM, cpu: 0.2 GLM/h, env: 0.1 GLM/h } }\n";
    workspace.write("p.yaml", PIPELINE + terms + "workers: 1\nbudget: 1 GLM\n");

    assertThat(workspace.run("plan", "p.yaml").out())
        .contains(
            "estimate, on golem: 3 h 00 min (3 h 00 min to 3 h 00 min) with 1 worker, 1 GLM (1 GLM"
                + " to 1 GLM) at the highest prices that the file allows; going by 1 earlier run on"
                + " this machine");

    workspace.write("p.yaml", PIPELINE + terms + "workers: 1\nbudget: 0.9 GLM\n");
    assertThat(workspace.run("plan", "p.yaml").out())
        .contains("the file allows, more than the budget of 0.9 GLM; going");
  }

  @Test
  void estimatesCostByPricesThatWerePaid() throws IOException {
    journal("20260101-000000-aaaaaa", "golem", batch(0, 1, 1_797_000) + batch(1, 1, 7_197_000));
    workspace.write("p.yaml", PIPELINE + "workers: 3\nbudget: 5 GLM\nverify: { copies: 2 }\n");

    assertThat(workspace.run("plan", "p.yaml").out())
        .contains(
            "estimate, on golem: 59 min 57 s (59 min 57 s to 3 h 59 min) with 3 workers, 1.8 GLM"
                + " (1.8 GLM to 6 GLM) at prices of earlier runs, perhaps more than the budget of"
                + " 5 GLM; going by 1 earlier run\n");
  }

  @Test
  void estimatesCostByWhatWasBilled() throws IOException {
    var invoice =
        """
        {"seq":5,"at":"2026-01-02T00:40:00Z","type":"invoice-accepted","invoiceId":"i",\
        "agreementId":"a","amount":0.2}
        """;
    journal("20260101-000000-aaaaaa", "golem", batch(0, 1, 1_797_000) + invoice);
    workspace.write("p.yaml", PIPELINE + "workers: 2\nbudget: 0.2 GLM\n");

    assertThat(workspace.run("plan", "p.yaml").out())
        .contains("0.5 GLM (0.5 GLM to 0.5 GLM) at what earlier runs paid, more than the budget")
        .contains(
            "budget, on golem: 0.28 GLM for 2 workers at a time, at prices of earlier runs; 0.2 GLM"
                + " is enough for 1\n");
  }

  @Test
  void nothingIsEstimatedForAStageThatNeverRan() throws IOException {
    journal("20260101-000000-aaaaaa", "local", batch(0, 3, 6000));
    workspace.write("p.yaml", PIPELINE.replace("name: count", "name: other"));
    assertThat(workspace.run("plan", "p.yaml").out()).doesNotContain("estimate");
    workspace.write(
        "p.yaml",
        """
        version: 1
        name: count
        stages:
          count: { input: in/*.txt, run: 'cat "$in" > "$out"', merge: concat }
          more: { from: count, run: 'cat "$in" > "$out"', merge: concat, output: all.txt }
        """);
    assertThat(workspace.run("plan", "p.yaml").out()).doesNotContain("estimate");
  }

  /** A run whose machine was there after three seconds. */
  private void journal(String id, String target, String batches) throws IOException {
    var path = workspace.write(".golem-pipeline/runs/" + id + "/journal.ndjson", "");
    Files.writeString(
        path,
        """
        {"seq":0,"at":"2026-01-02T00:00:00Z","type":"run-started","runId":"id","pipeline":"count",\
        "file":"p.yaml","target":"%s","sessionId":"s","workers":1,"stages":["count"]}
        {"seq":1,"at":"2026-01-02T00:00:00Z","type":"rental-requested","rental":0,"image":"i",\
        "deny":[]}
        {"seq":2,"at":"2026-01-02T00:00:03Z","type":"rental-opened","rental":0,"agreementId":"a",\
        "providerId":"0x1","providerName":"brick","threads":2,"startPrice":0.1,\
        "cpuSecondPrice":0.0000625,"envSecondPrice":0.0000694}
        """
                .formatted(target)
            + batches);
  }

  private static String batch(int number, int fragments, long milliseconds) {
    var set = fragments == 1 ? "0" : "0-" + (fragments - 1);
    return """
    {"seq":3,"at":"2026-01-02T00:00:04Z","type":"batch-started","batch":%d,"rental":0,\
    "stage":"count","fragments":"%s"}
    {"seq":4,"at":"2026-01-02T00:00:05Z","type":"batch-finished","batch":%d,"done":"%s",\
    "failed":[],"milliseconds":%d,"bytesSent":0,"bytesReceived":0}
    """
        .formatted(number, set, number, set, milliseconds);
  }
}
