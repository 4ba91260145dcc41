package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Results that providers combine, in a tree. */
@Timeout(240)
class ReduceTest {
  /** Order counts, grouping does not. */
  private static final String JOIN =
      """
      version: 1
      name: join
      params: { to: 100 }
      split: { range: { from: 0, to: "${to}", step: 1, as: [n, size] } }
      run: |
        printf '%s,' "$n" > "$out"
      merge: { reduce: { run: 'cat "$in"/* > "$out"', fan_in: 3 } }
      output: all.txt
      """;

  @TempDir Path folder;
  private Project project;

  @BeforeEach
  void open() {
    project = new Project(folder);
    project.reuse = true;
  }

  private static String numbers(int to) {
    return IntStream.range(0, to).mapToObj(n -> n + ",").collect(Collectors.joining());
  }

  @Test
  void aHundredOutputsAreJoinedInOrder() throws Exception {
    project.succeed(JOIN);
    assertThat(project.read("all.txt")).isEqualTo(numbers(100));
    // 34 + 12 + 4 + 2 + 1
    assertThat(project.sent("join.reduce")).isEqualTo(FragmentSet.range(0, 53));
    assertThat(project.events(RunEvent.OutputPublished.class))
        .extracting(RunEvent.OutputPublished::path)
        .containsExactly("all.txt");
  }

  @Test
  void aSecondRunComputesNothing() throws Exception {
    project.params.put("to", "20");
    project.succeed(JOIN);
    project.succeed(JOIN);
    assertThat(project.events(RunEvent.BatchStarted.class)).isEmpty();
    project.file("all.txt", "spoilt");
    project.overwrite = true;
    project.succeed(JOIN);
    assertThat(project.events(RunEvent.BatchStarted.class)).isEmpty();
    assertThat(project.daemonsAsked).isZero();
    assertThat(project.read("all.txt")).isEqualTo(numbers(20));
  }

  @Test
  void aChangedLeafCostsItsWayToTheRoot() throws Exception {
    for (var i = 0; i < 27; i++) {
      project.file("in/" + (char) ('a' + i / 10) + i % 10, i + ",");
    }
    var yaml =
        """
        version: 1
        name: path
        input: in/*
        run: cp "$in" "$out"
        merge: { reduce: { run: 'cat "$in"/* > "$out"', fan_in: 3 } }
        output: all.txt
        """;
    project.succeed(yaml);
    assertThat(project.sent("path.reduce").size()).isEqualTo(9 + 3 + 1);
    project.file("in/b3", "changed,");
    project.succeed(yaml);
    assertThat(project.sent("path")).isEqualTo(FragmentSet.of(13));
    assertThat(project.sent("path.reduce")).isEqualTo(FragmentSet.of(4, 10, 12));
    assertThat(project.read("all.txt")).isEqualTo(numbers(27).replace(",13,", ",changed,"));
  }

  @Test
  void outputsWithDifferentPathsHaveTreesOfTheirOwn() throws Exception {
    project
        .file("in/a.txt", "1\n2\n3\n4\n5\n")
        .file("in/b c.txt", "10\n20\n")
        .file("in/d.txt", "7");
    project.succeed(
        """
        version: 1
        name: sums
        input: in/*.txt
        split: { lines: 1 }
        run: cp "$in" "$out"
        merge:
          reduce:
            run: cat "$in"/* | awk '{ s += $1 } END { print s }' > "$out"
            fan_in: 2
        output: sums/${stem}.txt
        """);
    assertThat(project.tree("sums"))
        .isEqualTo(Map.of("a.txt", "15\n", "b c.txt", "30\n", "d.txt", "7\n"));
  }

  @Test
  void oneOutputGoesThroughTheCommandToo() throws Exception {
    project.params.put("to", "1");
    project.succeed(JOIN.replace("cat \"$in\"/*", "cat \"$in\"/* \"$in\"/*"));
    assertThat(project.read("all.txt")).isEqualTo("0,0,");
  }

  @Test
  void ofNothingThereIsNoResultAndTheRunSaysSo() throws Exception {
    project.params.put("to", "5");
    project.succeed(JOIN);
    project.params.put("to", "0");
    assertNothingToCombine(JOIN);
    assertThat(project.events(RunEvent.BatchStarted.class)).isEmpty();
    assertThat(project.read("all.txt")).isEqualTo(numbers(5));
  }

  @Test
  void whereAllMayFailThereMustBeSomethingNevertheless() throws Exception {
    var end =
        project.run(
            JOIN.replace("printf", "exit 3; printf").replace("to: 100", "to: 4")
                + "retry: { attempts: 1, fail: 100% }\n");
    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(end.failure().message()).isEqualTo("No fragment of `join` succeeded.");
    assertThat(project.read("all.txt")).isNull();
  }

  private void assertNothingToCombine(String yaml) throws Exception {
    var end = project.run(yaml);
    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(end.failure().message())
        .isEqualTo(
            "Stage `join.reduce`: There is nothing to combine, since no fragment left an output.");
    assertThat(end.failure().hint()).contains("`concat`");
  }

  @Test
  void whereEachInputHasItsOwnResultTheOthersHaveOneNevertheless() throws Exception {
    project.file("in/a.txt", "1\n").file("in/b.txt", "2\n");
    var yaml =
        """
        version: 1
        name: sums
        input: in/*.txt
        run: |
          if grep 2 "$in"; then exit 3; fi
          cp "$in" "$out"
        merge: { reduce: { run: 'cat "$in"/* > "$out"' } }
        output: sums/${stem}.txt
        retry: { attempts: 1, fail: 100% }
        """;
    project.succeedInPart(yaml);
    assertThat(project.tree("sums")).isEqualTo(Map.of("a.txt", "1\n"));
    project.file("in/a.txt", "2\n");
    assertThat(project.run(yaml).failure().message()).isEqualTo("No fragment of `sums` succeeded.");
    assertThat(project.tree("sums")).isEqualTo(Map.of("a.txt", "1\n"));
  }

  @Test
  void aLeafThatFailsIsLeftOutIfThatIsTolerated() throws Exception {
    project.succeedInPart(
        JOIN.replace("printf '%s,' \"$n\"", "[ $((n % 10)) -ne 4 ] || exit 3; printf '%s,' \"$n\"")
                .replace("to: 100", "to: 30")
            + "retry: { attempts: 1, fail: 10% }\n");
    assertThat(project.read("all.txt"))
        .isEqualTo(
            IntStream.range(0, 30)
                .filter(n -> n % 10 != 4)
                .mapToObj(n -> n + ",")
                .collect(Collectors.joining()));
  }

  @Test
  void aNodeWithoutAnyLeafIsLeftOutToo() throws Exception {
    project.succeedInPart(
        JOIN.replace("printf '%s,' \"$n\"", "[ $((n / 3)) -ne 1 ] || exit 3; printf '%s,' \"$n\"")
                .replace("to: 100", "to: 12")
            + "retry: { attempts: 1, fail: 30% }\n");
    assertThat(project.read("all.txt")).isEqualTo("0,1,2,6,7,8,9,10,11,");
  }

  @Test
  void aStageThatReadsItGetsTheRoot() throws Exception {
    project.succeed(
        """
        version: 1
        name: reads
        stages:
          add:
            split: { range: { from: 1, to: 101, step: 1, as: [n, size] } }
            run: echo "$n" > "$out"
            merge:
              reduce:
                run: cat "$in"/* | awk '{ s += $1 } END { print s }' > "$out"
          say:
            from: add
            files: { sum: { from: add } }
            run: echo "$(cat "$in") is $(cat sum)" > "$out"
            output: o.txt
        """);
    assertThat(project.read("o.txt")).isEqualTo("5050 is 5050\n");
  }

  @Test
  void itsCommandKnowsParamsFilesAndSetup() throws Exception {
    project.file("tool.sh", "cat \"$1\"/*; cat begun\n");
    project.succeed(
        JOIN.replace("to: 100 }", "to: 4, mark: \"it's $1\" }")
                .replace("cat \"$in\"/* > \"$out\"", "sh tool.sh \"$in\" > \"$out\"")
            + """
            files: tool.sh
            setup: printf %s "$mark" > begun
            """);
    assertThat(project.read("all.txt")).isEqualTo("0,1,2,it's $13,it's $1it's $1");
  }

  @Test
  void manyOutputsSortByNumberNotByName() throws Exception {
    project.succeed(JOIN.replace("fan_in: 3", "fan_in: 64").replace("to: 100", "to: 130"));
    assertThat(project.read("all.txt")).isEqualTo(numbers(130));
    assertThat(project.sent("join.reduce").size()).isEqualTo(3 + 1);
  }
}
