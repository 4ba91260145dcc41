package org.golempipeline.laws;

import java.util.List;

/**
 * What was found out about a pipeline.
 *
 * @param file as the user called it
 */
public record LawsReport(String file, List<StageLaws> stages) {
  public LawsReport {
    stages = List.copyOf(stages);
  }

  /** Whether no law is broken and every stage that was tried could run. */
  public boolean holds() {
    return stages.stream().allMatch(StageLaws::holds);
  }

  long broken() {
    return stages.stream()
        .flatMap(stage -> stage.laws().stream())
        .filter(law -> law.verdict() == LawResult.Verdict.BROKEN)
        .count();
  }
}
