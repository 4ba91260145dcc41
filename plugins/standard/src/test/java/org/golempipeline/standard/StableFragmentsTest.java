package org.golempipeline.standard;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.testing.Laws;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code stable} promises: sizes about right, and an edit that changes what is around it. */
class StableFragmentsTest {
  private final Sandbox sandbox = new Sandbox();
  private final Random random = new Random(1);

  @AfterEach
  void close() {
    sandbox.close();
  }

  /** How items are written into a file, and found again in a fragment of it. */
  enum Format {
    LINES(
        new LinesSplit(),
        "{\"every\": %d, \"stable\": true}",
        items -> items.stream().map(item -> item + "\n").collect(joining()),
        text -> text.lines().count()),
    CSV(
        new CsvSplit(),
        "{\"rows\": %d, \"stable\": true}",
        items ->
            "name,text\n"
                + items.stream().map(item -> item + ",\"\n" + item + "\"\n").collect(joining()),
        text -> text.lines().count() / 2),
    JSON(
        new JsonSplit(),
        "{\"elements\": %d, \"stable\": true}",
        items -> items.stream().map(item -> "[\"" + item + "\"]").collect(joining(",\n", "[", "]")),
        text -> text.lines().count()),
    RECORDS(
        new RecordsSplit(),
        "{\"start\": \"^>\", \"every\": %d, \"stable\": true}",
        items -> items.stream().map(item -> ">" + item + "\nACGT\n").collect(joining()),
        text -> text.lines().count() / 2);

    private final SplitStrategy strategy;
    private final String options;
    private final Function<List<String>, String> written;
    private final ToLongFunction<String> counted;

    Format(
        SplitStrategy strategy,
        String options,
        Function<List<String>, String> written,
        ToLongFunction<String> counted) {
      this.strategy = strategy;
      this.options = options;
      this.written = written;
      this.counted = counted;
    }

    List<String> split(Sandbox sandbox, int number, List<String> items) throws Exception {
      var text = written.apply(items);
      return Laws.contents(sandbox.split(strategy, options.formatted(number), text)).stream()
          .map(content -> new String(content, StandardCharsets.UTF_8))
          .toList();
    }
  }

  private List<String> items(int count) {
    return IntStream.range(0, count).mapToObj(i -> i + "-" + random.nextInt(1000)).toList();
  }

  @ParameterizedTest
  @EnumSource
  void fragmentsHaveFromHalfToTwiceTheNumber(Format format) throws Exception {
    for (var number : List.of(1, 2, 3, 50)) {
      var items = items(200 * number);
      var fragments = format.split(sandbox, number, items);
      var counts = fragments.stream().map(format.counted::applyAsLong).toList();
      assertThat(counts.subList(0, counts.size() - 1))
          .as("all but the last of %d", number)
          .allMatch(count -> count >= number - number / 2 && count <= 2L * number);
      assertThat(fragments).as("of %d", number).hasSizeBetween(170, 230);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anEditChangesOnlyWhatIsAroundIt(Format format) throws Exception {
    var items = items(40_000);
    var before = new HashSet<>(format.split(sandbox, 100, items));
    var total = 0;
    for (var edit = 0; edit < 20; edit++) {
      var edited = new ArrayList<>(items);
      var at = random.nextInt(items.size());
      switch (edit % 4) {
        case 0 -> edited.add(0, "new");
        case 1 -> edited.add(at, "new");
        case 2 -> edited.remove(at);
        default -> edited.set(at, "new");
      }
      var changed =
          format.split(sandbox, 100, edited).stream()
              .filter(each -> !before.contains(each))
              .count();
      assertThat(changed).as("edit %d at %d", edit, at).isBetween(1L, 8L);
      total += (int) changed;
    }
    assertThat(total).as("of 20 edits").isLessThan(40);
  }

  /** Other bytes in front move the items against the buffers that a split reads into. */
  @ParameterizedTest
  @EnumSource
  void bordersOfBuffersDoNotMatter(Format format) throws Exception {
    var items = new ArrayList<>(items(60_000));
    var before = new HashSet<>(format.split(sandbox, 8, items));
    for (var length : List.of(1, 7, 4321)) {
      items.set(0, "x".repeat(length));
      assertThat(format.split(sandbox, 8, items).stream().filter(each -> !before.contains(each)))
          .as("%d bytes in front", length)
          .hasSizeLessThan(12);
    }
  }

  @ParameterizedTest
  @EnumSource
  void itemsThatAreAllAlikeAreCutAsWell(Format format) throws Exception {
    var fragments = format.split(sandbox, 10, IntStream.range(0, 100).mapToObj(i -> "x").toList());
    assertThat(fragments).hasSizeBetween(5, 20);
  }
}
