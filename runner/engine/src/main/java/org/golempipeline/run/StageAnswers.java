package org.golempipeline.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.compare.Likeness;
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

  /**
   * Remembers an answer, and names the earlier batch that left the same, null if none did.
   *
   * @throws UnlikeException if nobody can tell whether an earlier one is the same; the answer is
   *     not remembered then
   */
  synchronized @Nullable Integer add(int fragment, Answer answer)
      throws IOException, UnlikeException {
    var before = answers.computeIfAbsent(fragment, each -> new ArrayList<>());
    var unknown = false;
    for (var other : before) {
      var likeness = compare(other.parts(), answer.parts());
      if (likeness == Likeness.SAME) {
        return other.batch();
      }
      unknown |= likeness == Likeness.UNKNOWN;
    }
    if (unknown) {
      throw new UnlikeException();
    }
    before.add(answer);
    return null;
  }

  /** An answer and an earlier one cannot be compared. */
  static final class UnlikeException extends Exception {
    private static final long serialVersionUID = 1L;
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

  private Likeness compare(List<StageOutputs.Part> first, List<StageOutputs.Part> second)
      throws IOException {
    if (first.size() != second.size()) {
      return Likeness.DIFFERENT;
    }
    var all = Likeness.SAME;
    for (var i = 0; i < first.size(); i++) {
      if (!first.get(i).name().equals(second.get(i).name())) {
        return Likeness.DIFFERENT;
      }
      try (var reader = new ArchiveReader();
          var a = reader.stream(first.get(i));
          var b = reader.stream(second.get(i))) {
        var likeness = OutputComparison.compare(a, b, how);
        if (likeness == Likeness.DIFFERENT) {
          return likeness;
        }
        all = likeness == Likeness.UNKNOWN ? likeness : all;
      }
    }
    return all;
  }
}
