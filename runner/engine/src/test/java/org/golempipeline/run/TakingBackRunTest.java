package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run in which one script takes far longer than the others, and another one waits behind it. */
@Timeout(240)
class TakingBackRunTest {
  private static final int FRAGMENTS = 250;

  @TempDir Path folder;

  @Test
  void whatWaitsBehindALateScriptIsComputedElsewhereAndOnce() throws Exception {
    var project = new Project(folder);
    project.workers = 3;
    project.succeed(
        """
        version: 1
        name: numbers
        split: { range: { from: 0, to: 250, step: 1, as: [n, size] } }
        run: |
          [ "$n" -ne 60 ] || sleep 15
          sleep 0.06
          echo "$n" > "$out"
        merge: concat
        output: all.txt
        """);

    assertThat(project.read("all.txt"))
        .isEqualTo(
            IntStream.range(0, FRAGMENTS).mapToObj(n -> n + "\n").collect(Collectors.joining()));
    var waited =
        project.events(RunEvent.BatchFinished.class).stream()
            .filter(RunEvent.BatchFinished::neverSent)
            .map(RunEvent.BatchFinished::batch)
            .toList();
    assertThat(waited).isNotEmpty();
    var takenBack = FragmentSet.EMPTY;
    for (var batch : project.events(RunEvent.BatchStarted.class)) {
      takenBack = waited.contains(batch.batch()) ? takenBack.union(batch.fragments()) : takenBack;
    }
    var done = FragmentSet.EMPTY;
    for (var batch : project.events(RunEvent.BatchFinished.class)) {
      assertThat(done.minus(batch.done())).isEqualTo(done);
      if (batch.done().contains(60)) {
        assertThat(takenBack.minus(done)).isEqualTo(FragmentSet.EMPTY);
      }
      done = done.union(batch.done());
    }
  }
}
