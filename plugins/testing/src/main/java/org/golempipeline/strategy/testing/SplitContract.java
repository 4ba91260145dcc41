package org.golempipeline.strategy.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.SplitStrategy.InputShape;
import org.golempipeline.strategy.SplitStrategy.InputUse;
import org.golempipeline.strategy.StrategyException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every split promises. Extend it, answer with the strategy and some cases, and JUnit checks
 * the promises on each of them.
 */
public abstract class SplitContract extends StrategyContract<SplitStrategy> {
  @SuppressWarnings("NullAway.Init") // JUnit sets it.
  @TempDir
  private Path folder;

  protected SplitContract() {
    super(SplitStrategy.class);
  }

  /** Inputs that show what the strategy is about, its corner cases above all. */
  protected abstract List<SplitCase> cases();

  @TestFactory
  Stream<DynamicTest> holdsTheInputAsPromised() {
    return forEachCase(
        (example, place) -> {
          var context = example.open(place);
          Laws.covers(context.inputs(), strategy().split(context), example.coverage());
        });
  }

  @TestFactory
  Stream<DynamicTest> answersTheSameTwice() {
    return forEachCase(
        (example, place) -> {
          var once = strategy().split(example.open(place.resolve("once")));
          var again = strategy().split(example.open(place.resolve("again")));
          assertEquals(Laws.describe(once), Laws.describe(again));
          assertEquals(Laws.describe(once), Laws.describe(once));
        });
  }

  @TestFactory
  Stream<DynamicTest> answersTheSameInAnyOrderAndFromSeveralThreads() {
    return forEachCase(
        (example, place) -> {
          var fragments = strategy().split(example.open(place));
          var order = new ArrayList<>(IntStream.range(0, fragments.count()).boxed().toList());
          Collections.reverse(order);
          var backwards =
              new ArrayList<>(
                  order.parallelStream().map(i -> Laws.describe(fragments.get(i))).toList());
          Collections.reverse(backwards);
          assertEquals(Laws.describe(fragments), backwards);
        });
  }

  @TestFactory
  Stream<DynamicTest> answersTheSameForARangeWithinAFile() {
    return forEachCase(
        (example, place) -> {
          var whole = strategy().split(example.open(place.resolve("whole")));
          var within = strategy().split(example.openWithin(place.resolve("within")));
          assertEquals(Laws.describe(whole), Laws.describe(within));
          var contents = Laws.contents(within);
          for (var i = 0; i < contents.size(); i++) {
            assertArrayEquals(Laws.content(whole.get(i)), contents.get(i));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> namesItsVariablesBeforehand() {
    return forEachCase(
        (example, place) -> {
          var known = strategy().variables(example.options());
          var all = Laws.all(strategy().split(example.open(place)));
          for (var fragment : all) {
            var names = List.copyOf(fragment.variables().keySet());
            assertEquals(
                all.get(0).variables().keySet(),
                fragment.variables().keySet(),
                "every fragment has the same variables");
            assertTrue(
                names.size() >= known.size() && names.subList(0, known.size()).equals(known),
                "variables " + names + " begin with " + known);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> givesInputInTheShapeItNames() {
    return forEachCase(
        (example, place) -> {
          var shape = strategy().inputShape(example.options());
          if (strategy().inputUse() == InputUse.REQUIRED) {
            assertTrue(shape != InputShape.NONE, "a strategy that reads input gives some");
          }
          for (var fragment : Laws.all(strategy().split(example.open(place)))) {
            if (shape == InputShape.NONE) {
              assertEquals(List.of(), fragment.pieces());
            }
            if (shape == InputShape.FOLDER) {
              for (var piece : fragment.pieces()) {
                assertTrue(
                    piece instanceof Piece.Slice slice && slice.length() == slice.file().size(),
                    "a folder holds whole files");
              }
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> leavesThePipelinesFolderAlone() {
    return forEachCase(
        (example, place) -> {
          var context = example.open(place);
          var before = files(context.base());
          strategy().split(context);
          assertEquals(before, files(context.base()));
        });
  }

  @TestFactory
  Stream<DynamicTest> warnsOfWhatTheCaseSays() {
    return forEachCase(
        (example, place) -> {
          var context = example.open(place);
          strategy().split(context);
          checkWarnings(example.warnings(), context.warnings());
        });
  }

  private static Map<String, Long> files(Path folder) throws IOException {
    var files = new TreeMap<String, Long>();
    try (var walk = Files.walk(folder)) {
      for (var file : walk.toList()) {
        files.put(folder.relativize(file).toString(), Files.size(file));
      }
    }
    return files;
  }

  private interface Law {
    void check(SplitCase example, Path place) throws IOException, StrategyException;
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
