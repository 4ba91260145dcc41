package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.golempipeline.diagnostic.Severity;
import org.golempipeline.event.RunEvent;
import org.golempipeline.spec.Strategies;
import org.golempipeline.standard.StandardStrategies;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.FragmentOutput;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.Merger;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.SplitStrategy;
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
          split: test/picky
          run: cp "$in" "$out"
          merge: test/picky
          output: first.txt
        second:
          from: first
          split: test/picky
          run: cp "$in" "$out"
          merge: concat
          output: second.txt
      """;

  @TempDir Path folder;

  private Project project() {
    var project = new Project(folder).file("in/a", "a\n").file("in/b", "b\n");
    var splits = new ArrayList<>(StandardStrategies.splits());
    var merges = new ArrayList<>(StandardStrategies.merges());
    splits.add(new PickySplit());
    merges.add(new PickyMerge());
    project.strategies = new Strategies(splits, merges);
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

    assertThat(project.run(YAML).exitCode()).isZero();

    var split = "The split leaves something out.";
    assertThat(project.events(RunEvent.StrategyWarned.class))
        .containsExactly(
            new RunEvent.StrategyWarned("first", "test/picky", split, true),
            new RunEvent.StrategyWarned(
                "first", "test/picky", "The merge leaves something out.", false),
            new RunEvent.StrategyWarned("second", "test/picky", split, false));
    assertThat(project.read("second.txt")).isEqualTo("a\nb\n");
  }

  private record PickySplit() implements SplitStrategy {
    @Override
    public String name() {
      return "test/picky";
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
      context.inputs().forEach(file -> context.warn("The split leaves something out."));
      context.warn("The split leaves\nsomething out.");
      return Fragments.of(
          context.inputs().stream().map(file -> Fragment.of(Piece.Slice.whole(file))).toList());
    }
  }

  private record PickyMerge() implements MergeStrategy {
    @Override
    public String name() {
      return "test/picky";
    }

    @Override
    public String version() {
      return "1";
    }

    @Override
    public String summary() {
      return "One after the other.";
    }

    @Override
    public String optionsSchema() {
      return "{\"description\": \"None.\"}";
    }

    @Override
    public Result result() {
      return Result.FILE;
    }

    @Override
    public Merger open(MergeContext context) throws IOException {
      var target =
          Files.newByteChannel(
              context.target(),
              java.util.Set.of(
                  java.nio.file.StandardOpenOption.CREATE_NEW,
                  java.nio.file.StandardOpenOption.WRITE));
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
}
