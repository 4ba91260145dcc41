package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import org.golempipeline.spec.Strategies;
import org.golempipeline.standard.StandardStrategies;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.Merger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run ends when a strategy fails in a way that nobody expects. */
@Timeout(60)
class BrokenStrategyTest {
  @TempDir Path folder;

  @Test
  void anErrorInAMergeEndsTheRun() throws Exception {
    var project = new Project(folder).file("in/a", "a\n");
    var merges = new ArrayList<>(StandardStrategies.merges());
    merges.add(new BrokenMerge());
    project.strategies = new Strategies(StandardStrategies.splits(), merges);

    var end =
        project.run(
            """
            version: 1
            name: p
            input: in/*
            run: cp "$in" "$out"
            merge: test/broken
            output: result.txt
            """);

    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(end.failure().message()).contains("Stage `p`").contains("NoSuchMethodError: add");
  }

  private record BrokenMerge() implements MergeStrategy {
    @Override
    public String name() {
      return "test/broken";
    }

    @Override
    public String version() {
      return "1";
    }

    @Override
    public String summary() {
      return "Made for another version of what it calls.";
    }

    @Override
    public String optionsSchema() {
      return "{\"type\": \"object\", \"additionalProperties\": false}";
    }

    @Override
    public Result result() {
      return Result.FILE;
    }

    @Override
    public Merger open(MergeContext context) {
      throw new NoSuchMethodError("add");
    }
  }
}
