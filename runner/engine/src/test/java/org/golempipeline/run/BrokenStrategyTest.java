package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.golempipeline.event.RunEvent;
import org.golempipeline.spec.Strategies;
import org.golempipeline.standard.StandardStrategies;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.Merger;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.StrategyException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run ends when a strategy fails in a way that nobody expects. */
@Timeout(240)
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

  @Test
  void whatAPluginSaysTooLateKeepsItsHint() throws Exception {
    var project = new Project(folder).file("in/a", "a\n").file("in/b", "b\n");
    var splits = new ArrayList<>(StandardStrategies.splits());
    var broken = new AtomicBoolean();
    splits.add(new LateSplit(broken));
    project.strategies = new Strategies(splits, StandardStrategies.merges());
    project.listener = event -> broken.set(true);

    var end =
        project.run(
            """
            version: 1
            name: p
            input: in/*
            split: test/late
            run: cp "$in" "$out"
            output: result/
            """);

    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(end.failure().message()).isEqualTo("Stage `p`: `test/late` failed in `get`.");
    assertThat(end.failure().hint()).isEqualTo("Ask its author.");
  }

  @Test
  void aMergeThatFailedHasNoResult() throws Exception {
    var project = new Project(folder);

    var end =
        project.run(
            """
            version: 1
            name: p
            run: printf '1\\n2\\n' > "$out"
            merge: value
            """);

    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(project.events(RunEvent.ValueFound.class)).isEmpty();
    assertThat(project.events(RunEvent.MergeFinished.class)).isEmpty();
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

  /** Fails as plugins do that are called with care, once the run has begun. */
  private record LateSplit(AtomicBoolean broken) implements SplitStrategy {
    @Override
    public String name() {
      return "test/late";
    }

    @Override
    public String version() {
      return "1";
    }

    @Override
    public String summary() {
      return "Each file.";
    }

    @Override
    public String optionsSchema() {
      return "{\"description\": \"None.\"}";
    }

    @Override
    public InputUse inputUse() {
      return InputUse.REQUIRED;
    }

    @Override
    public InputShape inputShape(Options options) {
      return InputShape.FILE;
    }

    @Override
    public List<String> variables(Options options) {
      return List.of();
    }

    @Override
    public Fragments split(SplitContext context) {
      return Fragments.computed(
          2,
          index -> {
            if (broken.get()) {
              throw new IllegalStateException(
                  new StrategyException("`test/late` failed in `get`.", "Ask its author."));
            }
            return Fragment.of(Piece.Slice.whole(context.inputs().get(index)));
          });
    }
  }
}
