package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.journal.EventJson;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs that are killed, and what the next one makes of what they left. */
@Timeout(300)
class ResumeIT {
  private static final int FRAGMENTS = 80;
  private static final int KILLS = 4;

  /** About this many events has a run that nobody kills. */
  private static final int EVENTS = 110;

  private static final String PIPELINE =
      """
      version: 1
      name: work
      workers: 2
      stages:
        make:
          split: { range: { to: 80, as: number } }
          run: |
            sleep 0.03
            echo "$number" > "$out"
        double:
          from: make
          run: |
            read -r n < "$in"; echo "$((n * 2))" > "$out"
          merge: concat
          output: result.txt
        sum:
          from: make
          run: cp "$in" "$out"
          merge: { reduce: { run: 'cat "$in"/* | awk "{ s += \\$1 } END { print s }" > "$out"', fan_in: 5 } }
          output: sum.txt
      """;

  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void write() throws IOException {
    workspace = new Workspace(folder);
    workspace.write("work.yaml", PIPELINE);
  }

  @Test
  void whateverMomentItIsKilledOnlyWhatRanIsLost() throws Exception {
    var seed = 20261125L;
    var random = new Random(seed);
    var kept = FragmentSet.EMPTY;
    for (var kill = 0; kill < KILLS; kill++) {
      var moment = random.nextInt(EVENTS);
      var before = runs();
      try (var child = ChildJvm.start(folder, Map.of(), "run", "work.yaml")) {
        ChildJvm.await("event " + moment, () -> events(before).size() >= moment || ended(before));
        var processes = child.descendants();
        child.signal("KILL");
        assertThat(child.waitForExit()).isIn(0, 137);
        ChildJvm.await(
            "processes to end", () -> processes.stream().noneMatch(ProcessHandle::isAlive));
      }
      var events = events(before);
      if (events.stream().anyMatch(RunEvent.StageReused.class::isInstance)) {
        assertThat(reused(events).union(FragmentSet.EMPTY))
            .as("kill %d of seed %d", kill, seed)
            .isEqualTo(reused(events).union(kept));
      }
      kept = kept.union(done(events)).union(reused(events));
    }
    var before = runs();
    var last = workspace.run("run", "work.yaml");

    assertThat(last.exitCode()).as(last.err()).isZero();
    assertThat(last.err()).contains("make: ", " reused").doesNotContain("never run before");
    assertThat(workspace.read("result.txt"))
        .isEqualTo(
            IntStream.range(0, FRAGMENTS)
                .mapToObj(n -> 2 * n + "\n")
                .collect(Collectors.joining()));
    assertThat(workspace.read("sum.txt")).isEqualTo("3160\n");
    assertThat(sent(events(before)).minus(kept))
        .isEqualTo(FragmentSet.range(0, FRAGMENTS).minus(kept));
    assertThat(kept.size()).as("seed %d leaves something to reuse", seed).isPositive();

    var again = runs();
    assertThat(workspace.run("run", "work.yaml", "--rehash").exitCode()).isZero();
    assertThat(events(again)).noneMatch(RunEvent.BatchStarted.class::isInstance);
    try (var fresh = Files.list(folder.resolve(".golem-pipeline/cache/new"))) {
      assertThat(fresh).isEmpty();
    }
  }

  @Test
  void aSecondRunIsRefusedWhileTheFirstGoesOnAndNotAfterItDied() throws Exception {
    workspace.write("work.yaml", PIPELINE.replace("sleep 0.03", "sleep 0.2"));
    try (var child = ChildJvm.start(folder, Map.of(), "run", "work.yaml")) {
      ChildJvm.await("work", () -> !done(events(new TreeSet<>())).isEmpty());
      var refused = workspace.run("run", "work.yaml");
      assertThat(refused.exitCode()).isEqualTo(2);
      assertThat(refused.err())
          .contains("Another run of `work` is going on, as process ")
          .contains("Wait for its end, or stop it");
      child.signal("KILL");
      assertThat(child.waitForExit()).isEqualTo(137);
    }
    workspace.write("work.yaml", PIPELINE);
    var next = workspace.run("run", "work.yaml");
    assertThat(next.exitCode()).as(next.err()).isZero();
  }

  @Test
  void saysOncePerStageWhatIsReusedAndWhyTheRestIsNot() throws Exception {
    workspace.write("in/talk.txt", "1");
    workspace.write("in/walk.txt", "2");
    workspace.write("model.bin", "m");
    var yaml =
        """
        version: 1
        name: film
        params: { crf: 26 }
        input: in/*
        files: model.bin
        run: cat "$in" model.bin > "$out"; echo "$crf" >> "$out"
        output: out/
        """;
    workspace.write("film.yaml", yaml);
    var first = workspace.run("run", "film.yaml");
    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(first.err()).doesNotContain("reused", "to compute");
    assertThat(workspace.run("run", "film.yaml").err()).contains("film: all 2 fragments reused\n");
    assertThat(workspace.run("run", "film.yaml", "--fresh").err()).doesNotContain("reused");
    workspace.write("in/talk.txt", "changed");
    assertThat(workspace.run("run", "film.yaml").err())
        .contains("film: 1 fragment reused, 1 to compute: input talk.txt changed\n");
    assertThat(workspace.run("run", "film.yaml", "-p", "crf=28").err())
        .contains("film: ", "2 to compute: param crf 26→28\n");
    workspace.write("model.bin", "other");
    workspace.write("film.yaml", yaml.replace("cat", "cat -u"));
    assertThat(workspace.run("run", "film.yaml", "-p", "crf=28").err())
        .contains("run changed, files/model.bin changed\n");
  }

  private TreeSet<String> runs() throws IOException {
    var runs = folder.resolve(".golem-pipeline/runs");
    if (!Files.isDirectory(runs)) {
      return new TreeSet<>();
    }
    try (var all = Files.list(runs)) {
      return all.map(run -> run.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private boolean ended(TreeSet<String> before) {
    return events(before).stream().anyMatch(RunEvent.RunFinished.class::isInstance);
  }

  /** What the journal of the run says that was not there before. */
  private List<RunEvent> events(TreeSet<String> before) {
    var events = new ArrayList<RunEvent>();
    try {
      for (var run : runs()) {
        var journal = folder.resolve(".golem-pipeline/runs").resolve(run).resolve("journal.ndjson");
        if (!before.contains(run) && Files.exists(journal)) {
          for (var line : Files.readString(journal).split("(?<=\n)")) {
            if (line.endsWith("\n")) {
              events.add(EventJson.read(line).event());
            }
          }
        }
      }
    } catch (IOException e) {
      return List.of();
    }
    return events;
  }

  /** Fragments of the first stage that came back. */
  private static FragmentSet done(List<RunEvent> events) {
    var batches = new TreeSet<Integer>();
    var done = FragmentSet.EMPTY;
    for (var event : events) {
      if (event instanceof RunEvent.BatchStarted started && started.stage().equals("make")) {
        batches.add(started.batch());
      } else if (event instanceof RunEvent.BatchFinished finished
          && batches.contains(finished.batch())) {
        done = done.union(finished.done());
      }
    }
    return done;
  }

  private static FragmentSet sent(List<RunEvent> events) {
    var sent = FragmentSet.EMPTY;
    for (var event : events) {
      if (event instanceof RunEvent.BatchStarted started && started.stage().equals("make")) {
        sent = sent.union(started.fragments());
      }
    }
    return sent;
  }

  private static FragmentSet reused(List<RunEvent> events) {
    var reused = FragmentSet.EMPTY;
    for (var event : events) {
      if (event instanceof RunEvent.FragmentsReused found && found.stage().equals("make")) {
        reused = reused.union(found.fragments());
      }
    }
    return reused;
  }
}
