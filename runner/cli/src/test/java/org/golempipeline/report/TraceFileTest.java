package org.golempipeline.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --trace}, of runs whose figures are known. */
class TraceFileTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private Path folder;

  @Test
  void saysWhatIsKnownOfEachFragment() throws IOException {
    var file = folder.resolve("trace.tsv");
    try (var trace = TraceFile.create(file)) {
      batch(
          trace,
          0,
          FragmentSet.of(0, 1),
          new RunEvent.Figures(
              List.of(2000, -1), List.of(3000, -1), List.of(5L, -1L), List.of(70_000_640L, -1L)));
      batch(trace, 1, FragmentSet.of(2), figuresWithoutMemory());
      batch(trace, 2, FragmentSet.of(3), null);
    }

    var rows = rows(file);
    assertThat(rows.get(0))
        .containsEntry("realtime", "2000")
        .containsEntry("%cpu", "150.0")
        .containsEntry("peak_rss", "70000640")
        .containsEntry("output_bytes", "5");
    assertThat(rows.get(1))
        .containsEntry("%cpu", "-")
        .containsEntry("peak_rss", "-")
        .containsEntry("output_bytes", "-");
    assertThat(rows.get(2)).containsEntry("%cpu", "50.0").containsEntry("peak_rss", "-");
    assertThat(rows.get(3)).containsEntry("realtime", "4000").containsEntry("peak_rss", "-");
  }

  @Test
  void tracesOfEveryVersionAreReplaced() throws IOException {
    var file = folder.resolve("trace.tsv");
    for (var ours :
        List.of(
            "",
            "task_id\tprocess\ttag\tname\tstatus\texit\tattempt\thostname\tsubmit\tcomplete\n1\n")) {
      assertThat(TraceFile.replaceable(Files.writeString(file, ours))).isTrue();
    }
    for (var other : List.of("x", "task_id\thash\tnative_id\tname\tstatus\texit\tsubmit\n")) {
      assertThat(TraceFile.replaceable(Files.writeString(file, other))).isFalse();
    }
  }

  private static RunEvent.Figures figuresWithoutMemory() {
    return new RunEvent.Figures(List.of(1000), List.of(500), List.of(0L), null);
  }

  private static void batch(
      TraceFile trace, int number, FragmentSet fragments, RunEvent.@Nullable Figures figures) {
    trace.accept(
        new StampedEvent(2 * number, START, new RunEvent.BatchStarted(number, 0, "s", fragments)));
    trace.accept(
        new StampedEvent(
            2 * number + 1,
            START.plusSeconds(4),
            new RunEvent.BatchFinished(number, fragments, List.of(), null, 4000, 0, 0, figures)));
  }

  private static List<Map<String, String>> rows(Path file) throws IOException {
    var lines = Files.readAllLines(file);
    var names = lines.get(0).split("\t");
    return lines.stream()
        .skip(1)
        .map(
            line -> {
              var row = new HashMap<String, String>();
              var cells = line.split("\t");
              for (var i = 0; i < names.length; i++) {
                row.put(names[i], cells[i]);
              }
              return (Map<String, String>) row;
            })
        .toList();
  }
}
