package org.golempipeline.strategy.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.golempipeline.strategy.StrategyException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every merge that combines something promises. Extend it, answer with the strategy and some
 * cases, and JUnit checks the promises on each of them.
 */
public abstract class MergeContract extends StrategyContract<MergeStrategy> {
  @SuppressWarnings("NullAway.Init") // JUnit sets it.
  @TempDir
  private Path folder;

  protected MergeContract() {
    super(MergeStrategy.class);
  }

  /** Outputs and their result; none if the merge combines nothing. */
  protected abstract List<MergeCase> cases();

  @TestFactory
  Stream<DynamicTest> givesTheResult() {
    return forEachCase(
        (example, place) -> assertEquals(example.result(), merge(example, place, 1 << 20)));
  }

  @TestFactory
  Stream<DynamicTest> givesTheSameTwice() {
    return forEachCase(
        (example, place) ->
            assertEquals(
                merge(example, place.resolve("once"), 1 << 20),
                merge(example, place.resolve("again"), 1 << 20)));
  }

  @TestFactory
  Stream<DynamicTest> givesTheSameHoweverOutputsAreRead() {
    return forEachCase(
        (example, place) -> {
          assertEquals(example.result(), merge(example, place.resolve("one"), 1));
          assertEquals(example.result(), merge(example, place.resolve("three"), 3));
        });
  }

  @TestFactory
  Stream<DynamicTest> writesNothingBesideItsTarget() {
    return forEachCase(
        (example, place) -> {
          var context = new TestMergeContext(place, example.options());
          Laws.merge(strategy(), context, outputs(example), 1 << 20);
          try (var files = Files.list(context.target().getParent())) {
            assertEquals(List.of(context.target()), files.toList());
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> canBeGivenUpHalfWay() {
    return forEachCase(
        (example, place) -> {
          var context = new TestMergeContext(place, example.options());
          try (var merger = strategy().open(context)) {
            if (!example.outputs().isEmpty()) {
              merger.add(TestOutput.of(0, outputs(example).get(0), place.resolve("received")));
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> givesOneLineIfItGivesAValue() {
    return forEachCase(
        (example, place) -> {
          if (strategy().result() == Result.VALUE) {
            var result = merge(example, place, 1 << 20);
            assertFalse(result.isEmpty(), "there is a value");
            assertEquals(result.length() - 1, result.indexOf('\n'), "the value is one line");
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> warnsOfWhatTheCaseSays() {
    return forEachCase(
        (example, place) -> {
          var context = new TestMergeContext(place, example.options());
          Laws.merge(strategy(), context, outputs(example), 1 << 20);
          checkWarnings(example.warnings(), context.warnings());
        });
  }

  private String merge(MergeCase example, Path place, int steps)
      throws IOException, StrategyException {
    var context = new TestMergeContext(place, example.options());
    var result = Laws.merge(strategy(), context, outputs(example), steps);
    return new String(result, StandardCharsets.UTF_8);
  }

  private static List<byte[]> outputs(MergeCase example) {
    var outputs = new ArrayList<byte[]>();
    example.outputs().forEach(text -> outputs.add(text.getBytes(StandardCharsets.UTF_8)));
    return outputs;
  }

  private interface Law {
    void check(MergeCase example, Path place) throws IOException, StrategyException;
  }

  private Stream<DynamicTest> forEachCase(Law law) {
    return cases().stream()
        .map(
            example ->
                dynamicTest(
                    example.name(),
                    () -> law.check(example, Files.createTempDirectory(folder, "case"))));
  }
}
