package org.golempipeline.golem;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a batch ended: a result for every command that was executed. */
public record ScriptOutcome(List<Result> results) {
  public ScriptOutcome {
    results = List.copyOf(results);
  }

  /** Whether all commands did well, as far as the provider says. */
  public boolean ok() {
    return results.stream().allMatch(Result::ok);
  }

  /**
   * One command's result.
   *
   * @param message the provider's words for a failure
   * @param stdout the tail of what it wrote
   */
  public record Result(
      boolean ok, @Nullable String message, @Nullable String stdout, @Nullable String stderr) {}
}
