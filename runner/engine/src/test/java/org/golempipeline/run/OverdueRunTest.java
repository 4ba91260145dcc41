package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import java.nio.file.Path;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.RunEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program that does not end, in a script that was sent before the median was known. */
@Timeout(240)
class OverdueRunTest {
  @TempDir Path folder;

  @Test
  void itIsGivenUpOnItsWayAndTriedElsewhere() throws Exception {
    var project = new Project(folder);
    project.workers = 3;
    project.params.put("marker", folder.resolve("marker").toString());

    project.succeed(
        """
        version: 1
        name: numbers
        params: { marker: { type: string } }
        split: { range: { from: 0, to: 6, step: 1, as: [n, size] } }
        run: |
          if [ "$n" = 0 ] && [ ! -e "$marker" ]; then
            : > "$marker"
            sleep 600
          fi
          echo "$n" > "$out"
        merge: concat
        output: all.txt
        timeout: { run: 2000% }
        """);

    assertThat(project.read("all.txt")).isEqualTo("0\n1\n2\n3\n4\n5\n");
    var failed =
        project.events(RunEvent.BatchFinished.class).stream()
            .flatMap(script -> script.failed().stream())
            .toList();
    assertThat(failed).hasSize(1);
    assertThat(failed.get(0).fragment()).isZero();
    assertThat(failed.get(0).failure().kind()).isEqualTo(FailureKind.DEADLINE);
    assertThat(failed.get(0).failure().message())
        .startsWith("It took longer than `timeout.run`, which is 2000% of the median so far: ");
    assertThat(project.events(RunEvent.FragmentRequeued.class))
        .extracting(RunEvent.FragmentRequeued::fragment, RunEvent.FragmentRequeued::attempt)
        .containsExactly(tuple(0, 2));
  }
}
