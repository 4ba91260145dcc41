package org.golempipeline.laws;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was found out about one stage.
 *
 * @param sample what it was tried on; null if it was not tried
 * @param note why it was not tried, as a sentence without its full stop; null if it was
 * @param failed whether the stage fails on its sample, which {@code note} tells then
 * @param laws empty if it was not tried
 */
public record StageLaws(
    String stage,
    @Nullable SampleFigures sample,
    @Nullable String note,
    boolean failed,
    List<LawResult> laws) {
  public StageLaws {
    laws = List.copyOf(laws);
  }

  /**
   * A sample in figures.
   *
   * @param from the stages that left it; empty if it is input of the pipeline
   * @param cut whether it is less than the whole input
   * @param split how it was cut into fragments, as a file would say it
   */
  public record SampleFigures(
      List<String> from, int files, long bytes, boolean cut, int fragments, String split) {
    public SampleFigures {
      from = List.copyOf(from);
    }
  }

  static StageLaws notTried(String stage, String note) {
    return new StageLaws(stage, null, note, false, List.of());
  }

  boolean holds() {
    return !failed && laws.stream().noneMatch(law -> law.verdict() == LawResult.Verdict.BROKEN);
  }
}
