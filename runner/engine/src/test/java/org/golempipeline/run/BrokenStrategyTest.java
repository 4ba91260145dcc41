package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.golempipeline.event.RunEvent;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.Merger;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.SplitContext;
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
    var unbroken = new AtomicBoolean();
    project.strategies =
        MadeUpStrategies.of(context -> late(context, unbroken), BrokenStrategyTest::broken);

    var end =
        project.run(
            """
            version: 1
            name: p
            input: in/*
            run: cp "$in" "$out"
            merge: test/made-up
            output: result.txt
            """);

    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(end.failure().message()).contains("Stage `p`").contains("NoSuchMethodError: add");
  }

  @Test
  void whatAPluginSaysTooLateKeepsItsHint() throws Exception {
    var project = new Project(folder).file("in/a", "a\n").file("in/b", "b\n");
    var broken = new AtomicBoolean();
    project.strategies =
        MadeUpStrategies.of(context -> late(context, broken), BrokenStrategyTest::broken);
    project.listener = event -> broken.set(true);

    var end =
        project.run(
            """
            version: 1
            name: p
            input: in/*
            split: test/made-up
            run: cp "$in" "$out"
            output: result/
            """);

    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(end.failure().message()).isEqualTo("Stage `p`: It failed in `get`.");
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

  /** It would lead to nowhere as soon as the run has removed its own files. */
  @Test
  void aLinkIsNoResultOfAMerge() throws Exception {
    var project = new Project(folder).file("in/a", "a\n");

    var end =
        project.run(
            """
            version: 1
            name: p
            input: in/*
            run: cp "$in" "$out"
            merge: { command: 'ln -s "$(head -n 1 "$list")" "$out"' }
            output: result.txt
            """);

    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(end.failure().message()).contains("`merge: command` left no plain file");
    assertThat(folder.resolve("result.txt")).doesNotExist();
  }

  private static Merger broken(MergeContext context) {
    throw new NoSuchMethodError("add");
  }

  /** Fails as plugins do that are called with care, once the run has begun. */
  private static Fragments late(SplitContext context, AtomicBoolean broken) {
    return Fragments.computed(
        2,
        index -> {
          if (broken.get()) {
            throw new IllegalStateException(
                new StrategyException("It failed in `get`.", "Ask its author."));
          }
          return Fragment.of(Piece.Slice.whole(context.inputs().get(index)));
        });
  }
}
