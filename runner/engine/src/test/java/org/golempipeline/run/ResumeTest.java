package org.golempipeline.run;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the second run of a file computes again, and why. */
@Timeout(240)
class ResumeTest {
  private static final String FILES =
      """
      version: 1
      name: files
      params: { crf: 26, note: hello }
      input: in/*
      files: model.bin
      run: cat "$in" model.bin > "$out"; echo "$crf" >> "$out"
      output: out/
      """;

  @TempDir Path folder;
  private Project project;

  @BeforeEach
  void open() {
    project = new Project(folder);
    project.reuse = true;
    project.file("in/a", "1").file("in/b", "2").file("in/c", "3").file("model.bin", "m\n");
  }

  @Test
  void anotherNameOfAnInputCountsWhereItCanBeSeen() throws Exception {
    var yaml =
        """
        version: 1
        name: names
        stages:
          made:
            input: in/*
            run: cp "$in" "$out"
            merge: concat
            output: out/${stem}.txt
          blind: { from: made, run: 'cat "$in" > "$out"', merge: concat, output: o.txt }
          named: { from: made, run: 'echo "$path" > "$out"', merge: concat, output: second.txt }
          folder:
            from: made
            split: none
            run: (cd "$in"; ls) > "$out"
            merge: concat
            output: out/folder
        """;
    assertRunsOnce(yaml);
    project.succeed(yaml.replace("out/${stem}.txt", "out/${stem}/x.txt"));
    assertThat(computed()).containsExactlyInAnyOrder("named", "folder");
    assertThat(project.read("second.txt")).isEqualTo("a/x.txt\nb/x.txt\nc/x.txt\n");
    assertThat(project.read("out/folder")).isEqualTo("a\nb\nc\n");
    project.succeed(yaml.replace("out/${stem}.txt", "out/${stem}.dat"));
    assertThat(computed()).containsExactlyInAnyOrder("blind", "named", "folder");
    project.succeed(yaml.replace("out/${stem}.txt", "out/of/${stem}.txt"));
    assertNothingExecuted();
    assertThat(project.read("second.txt")).isEqualTo("a.txt\nb.txt\nc.txt\n");
  }

  /** The stages of which the last run computed something. */
  private Set<String> computed() {
    return project.events(RunEvent.BatchStarted.class).stream()
        .map(RunEvent.BatchStarted::stage)
        .collect(Collectors.toSet());
  }

  /** The last run did nothing but look. */
  private void assertNothingExecuted() {
    assertThat(project.events(RunEvent.BatchStarted.class)).isEmpty();
    assertThat(project.events(RunEvent.RentalRequested.class)).isEmpty();
    assertThat(project.events(RunEvent.AllocationRequested.class)).isEmpty();
    assertThat(project.daemonsAsked).isZero();
  }

  private void assertRunsOnce(String yaml) throws Exception {
    project.succeed(yaml);
    var before = results();
    project.succeed(yaml);
    assertNothingExecuted();
    assertThat(results()).isEqualTo(before);
    removeResults();
    project.succeed(yaml);
    assertNothingExecuted();
    assertThat(results()).isEqualTo(before);
  }

  private Map<String, String> results() throws IOException {
    var all = project.tree("out");
    for (var name : new String[] {"o.txt", "second.txt"}) {
      if (project.read(name) != null) {
        all.put(name, project.read(name));
      }
    }
    return all;
  }

  private void removeResults() throws IOException {
    delete(folder.resolve("out"));
    Files.deleteIfExists(folder.resolve("o.txt"));
    Files.deleteIfExists(folder.resolve("second.txt"));
  }

  private static void delete(Path root) throws IOException {
    if (Files.exists(root)) {
      try (var all = Files.walk(root)) {
        for (var file : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  @Test
  void theFirstRunSaysThatThereWasNone() throws Exception {
    project.succeed(FILES);
    assertThat(project.reused("files").firstRun()).isTrue();
    assertThat(project.reused("files").others()).isEqualTo(3);
  }

  @Test
  void nothingIsExecutedForWhatIsUnchanged() throws Exception {
    project.succeed(FILES);
    var before = project.tree("out");
    project.succeed(FILES);
    assertNothingExecuted();
    assertThat(project.reused("files"))
        .isEqualTo(new RunEvent.StageReused("files", 3, 0, List.of()));
    assertThat(project.tree("out")).isEqualTo(before);
    assertThat(project.events(RunEvent.OutputPublished.class)).hasSize(1);
  }

  @Test
  void aRunSaysOnceThatWhatIsKeptCannotBeRead() throws Exception {
    project.succeed(FILES);
    removeResults();
    Files.createDirectory(folder.resolve(".golem-pipeline/cache/index/" + "0".repeat(64) + ".idx"));
    project.succeed(FILES);
    assertThat(project.sent("files")).isEqualTo(FragmentSet.range(0, 3));
    assertThat(project.events(RunEvent.Warned.class))
        .singleElement()
        .satisfies(warned -> assertThat(warned.message()).contains("cannot be read"));
  }

  @Test
  void whereNothingIsToBeComputedThereIsNoReasonToTell() throws Exception {
    project.succeed(FILES);
    project.succeed(FILES.replace("echo", "printf '%s\\n'"));
    project.succeed(FILES);
    assertNothingExecuted();
    assertThat(project.reused("files"))
        .isEqualTo(new RunEvent.StageReused("files", 3, 0, List.of()));
  }

  /** What a fragment of another stage is still to leave is not gone. */
  @Test
  void whatIsMadeAnewChangedAndIsNotGone() throws Exception {
    var yaml =
        """
        version: 1
        name: chain
        stages:
          pieces: { input: in/*, split: { lines: 2 }, run: 'cat "$in" > "$out"', output: 'mid/${stem}-${index}.txt' }
          counts: { from: pieces, run: 'wc -l < "$in" > "$out"', merge: concat, output: r.txt }
        """;
    project.file("in/b", "1\n2\n3\n4\n");
    project.succeed(yaml);
    project.file("in/b", "1\n2\n3\n5\n");
    project.succeed(yaml);
    assertThat(project.reused("counts").reasons()).containsExactly("input b-2.txt changed");
    project.file("in/b", "1\n2\n");
    project.succeed(yaml);
    assertThat(project.reused("counts").reasons())
        .allMatch(reason -> reason.endsWith(" is gone") || reason.endsWith(" is new"));
  }

  /** Whoever computes afresh wants the new results from then on. */
  @Test
  void whatWasComputedAfreshIsWhatLaterRunsFind() throws Exception {
    var yaml =
        """
        version: 1
        name: fresh
        input: in/*
        run: cat "$in" "FOLDER/outside" > "$out"
        merge: concat
        output: o.txt
        """
            .replace("FOLDER", folder.toString());
    for (var i = 0; i < 4; i++) {
      project.file("outside", "." + i + "\n");
      project.reuse = false;
      project.succeed(yaml);
      project.reuse = true;
      Files.delete(folder.resolve("o.txt"));
      project.succeed(yaml);
      assertNothingExecuted();
      assertThat(project.read("o.txt")).isEqualTo("1.%d\n2.%d\n3.%d\n".replace("%d", "" + i));
    }
  }

  /** Nobody else's fragments move, since none of them has a fixed number of lines. */
  @Test
  void aLineInFrontOfStableFragmentsIsOneFragment() throws Exception {
    var yaml =
        """
        version: 1
        name: lines
        input: big.txt
        split: { lines: { every: 50, stable: true } }
        run: tr a-z A-Z < "$in" > "$out"
        merge: concat
        output: o.txt
        """;
    var lines = IntStream.range(0, 2000).mapToObj(i -> "line " + i * i + "\n").collect(joining());
    project.file("big.txt", lines);
    project.succeed(yaml);
    project.file("big.txt", "before all\n" + lines);
    project.succeed(yaml);
    assertThat(project.sent("lines")).isEqualTo(FragmentSet.of(0));
    assertThat(project.reused("lines").reused()).isBetween(20, 80);
    assertThat(project.read("o.txt")).isEqualTo(("before all\n" + lines).toUpperCase(Locale.ROOT));
  }

  @Test
  void nothingIsReusedWhenAllIsToBeComputedAfresh() throws Exception {
    project.succeed(FILES);
    project.reuse = false;
    project.succeed(FILES);
    assertThat(project.sent("files")).isEqualTo(FragmentSet.range(0, 3));
    assertThat(project.events(RunEvent.StageReused.class)).isEmpty();
  }

  @Test
  void aChangedInputCostsItsOwnFragments() throws Exception {
    project.succeed(FILES);
    project.file("in/b", "two");
    project.succeed(FILES);
    assertThat(project.sent("files")).isEqualTo(FragmentSet.of(1));
    assertThat(project.reused("files").reasons()).containsExactly("input b changed");
    assertThat(project.tree("out"))
        .isEqualTo(Map.of("a", "1m\n26\n", "b", "twom\n26\n", "c", "3m\n26\n"));
  }

  @Test
  void anotherWordOfAListIsNoticedThoughTheResultIsInPlace() throws Exception {
    project.clock = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(1));
    var command = FILES.lines().filter(line -> line.startsWith("run:")).findFirst().orElseThrow();
    project.succeed(FILES.replace(command, "run: [cp, '${in}', '${out}']"));
    assertThat(project.tree("out")).containsEntry("a", "1");

    project.succeed(FILES.replace(command, "run: [cp, model.bin, '${out}']"));

    assertThat(project.reused("files").reasons()).contains("run changed");
    assertThat(project.tree("out")).containsEntry("a", "m\n");
  }

  @Test
  void whatChangedIsKnownAfterARunThatFoundItsResultInPlace() throws Exception {
    // Files that changed a moment ago would be looked into.
    project.clock = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(1));
    project.succeed(FILES);
    project.succeed(FILES);
    assertNothingExecuted();

    project.file("in/b", "changed");
    project.succeed(FILES);

    assertThat(project.reused("files").reasons()).containsExactly("input b changed");
  }

  @Test
  void aTouchedInputCostsNothing() throws Exception {
    project.succeed(FILES);
    project.file("in/b", "2");
    project.succeed(FILES);
    assertNothingExecuted();
  }

  @Test
  void aParamThatIsNamedCostsAllAndOneThatIsNotNothing() throws Exception {
    project.succeed(FILES);
    project.params.put("note", "other");
    project.succeed(FILES);
    assertNothingExecuted();
    project.params.put("crf", "28");
    project.succeed(FILES);
    assertThat(project.sent("files")).isEqualTo(FragmentSet.range(0, 3));
    assertThat(project.reused("files").reasons()).containsExactly("param crf 26→28");
    assertThat(project.read("out/a")).isEqualTo("1m\n28\n");
    project.params.put("crf", "26");
    project.succeed(FILES);
    assertNothingExecuted();
    assertThat(project.read("out/a")).isEqualTo("1m\n26\n");
  }

  @Test
  void anotherCommandSharedFileOrSuffixCostsAll() throws Exception {
    project.succeed(FILES);
    project.succeed(FILES.replace("cat \"$in\"", "cat  \"$in\""));
    assertThat(project.sent("files").size()).isEqualTo(3);
    assertThat(project.reused("files").reasons()).containsExactly("run changed");
    project.succeed(FILES);
    assertNothingExecuted();
    project.file("model.bin", "M\n");
    project.succeed(FILES);
    assertThat(project.sent("files").size()).isEqualTo(3);
    assertThat(project.reused("files").reasons()).containsExactly("files/model.bin changed");
    assertThat(project.read("out/a")).isEqualTo("1M\n26\n");
    project.succeed(FILES + "out: .txt\n");
    assertThat(project.sent("files").size()).isEqualTo(3);
    assertThat(project.reused("files").reasons()).containsExactly("out changed");
    assertThat(project.tree("out")).containsOnlyKeys("a.txt", "b.txt", "c.txt");
  }

  @Test
  void anotherJudgeCostsAll() throws Exception {
    project.succeed(FILES + "accept: 'true'\n");
    project.succeed(FILES + "accept: grep -q m \"$in\"\n");
    assertThat(project.sent("files").size()).isEqualTo(3);
    assertThat(project.reused("files").reasons()).containsExactly("accept changed");
  }

  @Test
  void anotherMergeOrPlaceCostsNothing() throws Exception {
    project.succeed(FILES);
    project.succeed(FILES.replace("output: out/", "merge: concat\noutput: o.txt"));
    assertNothingExecuted();
    assertThat(project.read("o.txt")).isEqualTo("1m\n26\n2m\n26\n3m\n26\n");
    project.succeed(FILES.replace("output: out/", "merge: concat\noutput: second.txt"));
    assertNothingExecuted();
    assertThat(project.read("second.txt")).isEqualTo("1m\n26\n2m\n26\n3m\n26\n");
  }

  @Test
  void aNewMatrixValueCostsItsOwnFragments() throws Exception {
    var yaml =
        """
        version: 1
        name: matrix
        input: in/*
        matrix: { n: [1, 2] }
        run: echo "$(cat "$in") $n" > "$out"
        output: out/${stem}-${n}
        """;
    project.succeed(yaml);
    project.succeed(yaml.replace("[1, 2]", "[1, 3, 2]"));
    assertThat(project.sent("matrix")).isEqualTo(FragmentSet.of(1, 4, 7));
    assertThat(project.tree("out"))
        .hasSize(9)
        .containsEntry("b-1", "2 1\n")
        .containsEntry("b-2", "2 2\n")
        .containsEntry("b-3", "2 3\n");
  }

  @Test
  void aFileInFrontShiftsOnlyFragmentsThatNameTheirNumber() throws Exception {
    project.succeed(FILES);
    project.file("in/0", "0");
    project.succeed(FILES);
    assertThat(project.sent("files")).isEqualTo(FragmentSet.of(0));
    assertThat(project.reused("files").reasons()).containsExactly("input 0 is new");

    var numbered = FILES.replace("echo \"$crf\"", "echo \"$crf $index\"");
    project.succeed(numbered);
    project.file("in/00", "00");
    project.succeed(numbered);
    assertThat(project.sent("files")).isEqualTo(FragmentSet.range(1, 5));
    assertThat(project.read("out/c")).isEqualTo("3m\n26 4\n");
  }

  @Test
  void aRemovedInputRemovesItsResult() throws Exception {
    project.succeed(FILES);
    Files.delete(folder.resolve("in/b"));
    project.succeed(FILES);
    assertNothingExecuted();
    assertThat(project.tree("out")).containsOnlyKeys("a", "c");
  }

  @Test
  void anotherSplitCostsWhatItCutsElsewhere() throws Exception {
    project.file("in.txt", "1\n2\n3\n4\n5\n6\n");
    var yaml =
        """
        version: 1
        name: lines
        input: in.txt
        split: { lines: 2 }
        run: cat "$in" "$in" > "$out"
        merge: concat
        output: o.txt
        """;
    project.succeed(yaml);
    project.succeed(yaml.replace("lines: 2", "lines: 3"));
    assertThat(project.sent("lines")).isEqualTo(FragmentSet.range(0, 2));
    assertThat(project.reused("lines").reasons()).containsExactly("split changed");
    assertThat(project.read("o.txt")).isEqualTo("1\n2\n3\n1\n2\n3\n4\n5\n6\n4\n5\n6\n");
    project.file("in.txt", "1\n2\n3\n4\n5\n6\n7\n");
    project.succeed(yaml);
    assertThat(project.sent("lines")).isEqualTo(FragmentSet.of(3));
  }

  @Test
  void aTableIsReadAgain() throws Exception {
    project.file("jobs.csv", "name,n\nx,1\ny,2\n");
    var yaml =
        """
        version: 1
        name: jobs
        split: { table: jobs.csv }
        run: echo "$name $n" > "$out"
        merge: concat
        output: o.txt
        """;
    assertRunsOnce(yaml);
    project.file("jobs.csv", "name,n\nx,1\nz,9\ny,2\n");
    project.succeed(yaml);
    assertThat(project.sent("jobs")).isEqualTo(FragmentSet.of(1));
    assertThat(project.read("o.txt")).isEqualTo("x 1\nz 9\ny 2\n");
  }

  @Test
  void aDamagedResultIsComputedAgain() throws Exception {
    project.succeed(FILES);
    removeResults();
    for (var pack : packs()) {
      var bytes = Files.readAllBytes(pack);
      var at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("2m\n26");
      if (at >= 0) {
        bytes[at] = '7';
        Files.write(pack, bytes);
      }
    }
    project.succeed(FILES);
    assertThat(project.sent("files")).isEqualTo(FragmentSet.of(1));
    assertThat(project.tree("out"))
        .isEqualTo(Map.of("a", "1m\n26\n", "b", "2m\n26\n", "c", "3m\n26\n"));
    removeResults();
    project.succeed(FILES);
    assertNothingExecuted();
    assertThat(project.read("out/b")).isEqualTo("2m\n26\n");
  }

  private Iterable<Path> packs() throws IOException {
    try (var all = Files.walk(folder.resolve(".golem-pipeline/cache"))) {
      return all.filter(file -> file.toString().endsWith(".tar")).toList();
    }
  }

  @Test
  void aCacheThatIsGoneIsFilledAgain() throws Exception {
    project.succeed(FILES);
    delete(folder.resolve(".golem-pipeline/cache"));
    removeResults();
    project.succeed(FILES);
    assertThat(project.sent("files").size()).isEqualTo(3);
    assertThat(project.reused("files").reasons()).isEmpty();
    removeResults();
    project.succeed(FILES);
    assertNothingExecuted();
    assertThat(project.tree("out")).hasSize(3);
  }

  @Test
  void whatSomebodyChangedInTheResultIsPutRightWhenAsked() throws Exception {
    project.succeed(FILES);
    project.file("out/b", "spoilt");
    Files.delete(folder.resolve("out/c"));
    assertThat(project.run(FILES).failure().message())
        .isEqualTo("`out/b` was changed since this pipeline published it.");
    assertThat(project.read("out/b")).isEqualTo("spoilt");
    project.overwrite = true;
    project.succeed(FILES);
    assertNothingExecuted();
    assertThat(project.tree("out"))
        .isEqualTo(Map.of("a", "1m\n26\n", "b", "2m\n26\n", "c", "3m\n26\n"));
  }

  @Test
  void whatFailedIsTriedAgainAndTheRestIsReused() throws Exception {
    var yaml =
        """
        version: 1
        name: fails
        params: { good: "" }
        input: in/*
        retry: { attempts: 1, fail: 2 }
        run: |
          [ "$path" != b ] || [ -e "%s/good" ]
          cat "$in" > "$out"
        merge: concat
        output: o.txt
        """
            .formatted(folder);
    project.succeedInPart(yaml);
    assertThat(project.read("o.txt")).isEqualTo("13");
    project.succeedInPart(yaml);
    assertThat(project.sent("fails")).isEqualTo(FragmentSet.of(1));
    assertThat(project.read("o.txt")).isEqualTo("13");
    project.file("good", "");
    project.succeed(yaml);
    assertThat(project.sent("fails")).isEqualTo(FragmentSet.of(1));
    assertThat(project.read("o.txt")).isEqualTo("123");
    project.succeed(yaml);
    assertNothingExecuted();
  }

  @Test
  void aRunThatFailsKeepsWhatItHas() throws Exception {
    var yaml =
        """
        version: 1
        name: fails
        input: in/*
        retry: { attempts: 1 }
        run: |
          [ "$path" != c ] || [ -e "%s/good" ]
          cat "$in" > "$out"
        merge: concat
        output: o.txt
        """
            .formatted(folder);
    project.workers = 1;
    assertThat(project.run(yaml).exitCode()).isEqualTo(1);
    assertThat(project.read("o.txt")).isNull();
    project.file("good", "");
    project.succeed(yaml);
    assertThat(project.sent("fails")).isEqualTo(FragmentSet.of(2));
    assertThat(project.read("o.txt")).isEqualTo("123");
  }

  @Test
  void stagesThatReadOthersAreReusedToo() throws Exception {
    project.file("in.txt", "1\n2\n3\n");
    assertRunsOnce(
        """
        version: 1
        name: stages
        stages:
          size:
            run: echo 4 > "$out"
            merge: value
          double:
            input: in.txt
            split: { lines: 1 }
            run: |
              read -r n < "$in"; echo $((n * 2)) > "$out"
            merge: concat
          whole:
            from: double
            needs: size
            files: { twice: { from: double } }
            split: { range: { from: 0, to: "${size}", step: 2, as: [first, many] } }
            run: echo "$first of $size, $(cat twice | tr '\\n' ' ')" > "$out"
            merge: concat
            output: o.txt
        """
            .replace("    from: double\n    needs: size\n", "    needs: [size, double]\n"));
  }

  @Test
  void fragmentsThatFollowOthersAreReusedToo() throws Exception {
    var yaml =
        """
        version: 1
        name: flow
        stages:
          upper:
            input: in/*
            run: tr 1-9 a-i < "$in" > "$out"
            out: .up
          twice:
            from: upper
            run: cat "$in" "$in" > "$out"
            output: out/
        """;
    assertRunsOnce(yaml);
    project.file("in/b", "5");
    project.succeed(yaml);
    assertThat(project.sent("upper")).isEqualTo(FragmentSet.of(1));
    assertThat(project.sent("twice")).isEqualTo(FragmentSet.of(1));
    assertThat(project.tree("out")).isEqualTo(Map.of("a.up", "aa", "b.up", "ee", "c.up", "cc"));
    // The other input gives the same intermediate result: what follows is still good.
    project.succeed(yaml.replace("tr 1-9 a-i <", "tr 1-9 a-i  <"));
    assertThat(project.sent("upper")).isEqualTo(FragmentSet.range(0, 3));
    assertThat(project.sent("twice")).isEqualTo(FragmentSet.EMPTY);
  }

  @Test
  void aMergedFileThatComesOutTheSameStopsTheChange() throws Exception {
    var yaml =
        """
        version: 1
        name: chain
        stages:
          size:
            input: in/*
            run: wc -c < "$in" > "$out"
            merge: sum
          say:
            from: size
            run: sed 's/^/total /' "$in" > "$out"
            output: o.txt
        """;
    assertRunsOnce(yaml);
    project.file("in/b", "9");
    project.succeed(yaml);
    assertThat(project.sent("size")).isEqualTo(FragmentSet.of(1));
    assertThat(project.sent("say")).isEqualTo(FragmentSet.EMPTY);
    assertThat(project.read("o.txt")).isEqualTo("total 3\n");
  }

  @Test
  void aFirstResultIsFoundAgainWithoutASearch() throws Exception {
    var yaml =
        """
        version: 1
        name: search
        split: { range: { from: 0, to: 30, step: 1, as: [n, size] } }
        run: |
          [ "$n" -ne 17 ] || echo "found $n" > "$out"
        merge: first
        output: found/${n}.txt
        """;
    project.succeed(yaml);
    assertThat(project.tree("found")).isEqualTo(Map.of("17.txt", "found 17\n"));
    project.succeed(yaml);
    assertNothingExecuted();
    assertThat(project.tree("found")).isEqualTo(Map.of("17.txt", "found 17\n"));
  }

  @Test
  void severalFilesOfAFragmentAreReused() throws Exception {
    assertRunsOnce(
        """
        version: 1
        name: several
        input: in/*
        run: |
          cp "$in" "$outdir/-$path one"
          : > "$outdir/$path.empty"
        out: "*"
        output: out/
        """);
    assertThat(project.tree("out")).hasSize(6).containsEntry("-b one", "2");
  }
}
