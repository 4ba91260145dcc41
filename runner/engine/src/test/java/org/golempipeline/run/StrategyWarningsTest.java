package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.golempipeline.diagnostic.Severity;
import org.golempipeline.event.RunEvent;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.FragmentOutput;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.Merger;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.SplitContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What splits and merges tell the user of, from where they say it to the events of a run. */
@Timeout(240)
class StrategyWarningsTest {
  private static final String YAML =
      """
      version: 1
      name: p
      stages:
        first:
          input: in/*
          split: test/made-up
          run: cp "$in" "$out"
          merge: test/made-up
          output: first.txt
        second:
          from: first
          split: test/made-up
          run: cp "$in" "$out"
          merge: concat
          output: second.txt
      """;

  @TempDir Path folder;

  private Project project() {
    var project = new Project(folder).file("in/a", "a\n").file("in/b", "b\n");
    project.strategies =
        MadeUpStrategies.of(StrategyWarningsTest::split, StrategyWarningsTest::merge);
    return project;
  }

  @Test
  void aPlanShowsEachOnceWithItsPlace() {
    var checked = project().plan(YAML);

    assertThat(checked.value()).isPresent();
    assertThat(checked.diagnostics())
        .extracting(
            each -> each.range().line(),
            each -> each.severity(),
            each -> each.id(),
            each -> each.message())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                6, Severity.WARNING, "Split.Warned", "The split leaves something out."));
  }

  @Test
  void aRunHasThemAmongItsEvents() throws Exception {
    var project = project();

    project.succeed(YAML);

    var split = "The split leaves something out.";
    assertThat(project.events(RunEvent.StrategyWarned.class))
        .containsExactly(
            new RunEvent.StrategyWarned("first", "test/made-up", split, true),
            new RunEvent.StrategyWarned(
                "first", "test/made-up", "The merge leaves something out.", false),
            new RunEvent.StrategyWarned("second", "test/made-up", split, false));
    assertThat(project.read("second.txt")).isEqualTo("a\nb\n");
  }

  private static Fragments split(SplitContext context) {
    context.inputs().forEach(file -> context.warn("The split leaves something out."));
    context.warn("The split leaves\nsomething out.");
    return Fragments.of(
        context.inputs().stream().map(file -> Fragment.of(Piece.Slice.whole(file))).toList());
  }

  private static Merger merge(MergeContext context) throws IOException {
    var target =
        FileChannel.open(context.target(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return new Merger() {
      @Override
      public void add(FragmentOutput output) throws IOException {
        context.warn("The merge leaves something out.");
        output.copyTo(target);
      }

      @Override
      public void finish() {}

      @Override
      public void close() throws IOException {
        target.close();
      }
    };
  }
}
