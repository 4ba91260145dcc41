package org.golempipeline.run;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.compare.OutputComparison;
import org.golempipeline.spec.Comparison;
import org.jspecify.annotations.Nullable;

/**
 * What several machines left for the same fragments of a stage. Safe for use by several threads;
 * one answer at a time is compared, so that two equal ones never both count as the first.
 */
final class StageAnswers {
  private final Comparison how;
  private final Map<Integer, List<Answer>> answers = new HashMap<>();

  /**
   * One machine's answer, the first of its kind.
   *
   * @param provider who gave it
   */
  record Answer(int batch, String provider, List<StageOutputs.Part> parts) {}

  StageAnswers(Comparison how) {
    this.how = how;
  }

  /** Remembers an answer, and names the earlier batch that left the same, null if none did. */
  synchronized @Nullable Integer add(int fragment, Answer answer) throws IOException {
    var before = answers.computeIfAbsent(fragment, each -> new ArrayList<>());
    for (var other : before) {
      if (same(other.parts(), answer.parts())) {
        return other.batch();
      }
    }
    before.add(answer);
    return null;
  }

  /** What {@code batch} left for a fragment, as the first to leave that. */
  synchronized Answer get(int fragment, int batch) {
    for (var answer : answers.getOrDefault(fragment, List.of())) {
      if (answer.batch() == batch) {
        return answer;
      }
    }
    throw new IllegalStateException(
        "batch %d left nothing of its own for fragment %d".formatted(batch, fragment));
  }

  private boolean same(List<StageOutputs.Part> first, List<StageOutputs.Part> second)
      throws IOException {
    if (first.size() != second.size()) {
      return false;
    }
    for (var i = 0; i < first.size(); i++) {
      if (!first.get(i).name().equals(second.get(i).name())) {
        return false;
      }
      try (var reader = new ArchiveReader();
          var a = open(first.get(i), reader);
          var b = open(second.get(i), reader)) {
        if (!OutputComparison.same(a, b, how)) {
          return false;
        }
      }
    }
    return true;
  }

  private static InputStream open(StageOutputs.Part part, ArchiveReader reader) throws IOException {
    return ReceivedOutput.open(part, reader);
  }
}
