package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.RunEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs, from text to published files. */
@Timeout(240)
class PipelineRunTest {
  @TempDir Path folder;
  private Project project;

  @BeforeEach
  void open() {
    project = new Project(folder);
  }

  @Test
  void severalFilesOfAStageCannotHaveOneNameForAnother() throws Exception {
    var end =
        project.run(
            """
            version: 1
            name: two
            stages:
              make:
                matrix: { n: [1, 2] }
                run: echo "$n" > "$out"
              use:
                needs: make
                files: { x: { from: make } }
                run: cat x > "$out"
                output: o.txt
                merge: concat
            """);

    assertThat(end.failure()).isNotNull();
    assertThat(end.failure().message())
        .contains("`files` has one name, `x`, for several files of stage `make`");
    assertThat(project.read("o.txt")).isNull();
  }

  @Test
  void mergesInFragmentOrderWhateverArrivesFirst() throws Exception {
    project.file("in.txt", "1\n2\n3\n4\n5\n6\n7\n");
    project.succeed(
        """
        version: 1
        name: order
        input: in.txt
        split: { lines: 1 }
        run: |
          read -r n < "$in"
          [ "$n" -gt 2 ] || sleep 0.2
          echo "$n" > "$out"
        merge: concat
        output: all.txt
        """);
    assertThat(project.read("all.txt")).isEqualTo("1\n2\n3\n4\n5\n6\n7\n");
  }

  @Test
  void hostileNamesAndValuesGoThroughEverything() throws Exception {
    var names =
        new String[] {"-rf", "-rf $(touch x) 'y'", "a\nb", "ünï\"code", "back\\slash", "p%q;&|"};
    var value = "it's \"$HOME\" `id` \\n\nnext";
    var expected = new TreeMap<String, String>();
    for (var name : names) {
      project.file("in/" + name, name);
      expected.put(name, "<" + name + "|" + value + "|" + name + ">");
    }
    project.params.put("text", value);
    project.succeed(
        """
        version: 1
        name: hostile
        params: { text: x }
        input: "in/*"
        run: |
          printf '<%s|%s|%s>' "$(cat "$in")" "$text" "$path" > "$out"
        output: out/
        """);
    assertThat(project.tree("out")).isEqualTo(expected);
    assertThat(folder.resolve("x")).doesNotExist();
  }

  @Test
  void aFailedFragmentIsNamedWithItsLogAndLeavesThePreviousResult() throws Exception {
    project.file("in.txt", "1\n2\n3\n");
    project.file("all.txt", "previous");
    project.overwrite = true;
    var end =
        project.run(
            """
            version: 1
            name: fails
            input: in.txt
            split: { lines: 1 }
            retry: { attempts: 3, backoff: 10ms }
            run: |
              read -r n < "$in"
              echo "now at $n" >&2
              [ "$n" -ne 2 ] || exit 3
              echo "$n" > "$out"
            merge: concat
            output: all.txt
            """);
    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(project.read("all.txt")).isEqualTo("previous");
    var failed = project.events(RunEvent.FragmentFailed.class).get(0);
    assertThat(failed.label()).isEqualTo("fragment 1 (in.txt)");
    assertThat(failed.attempts()).isEqualTo(2);
    assertThat(failed.failure().message()).isEqualTo("It exited with 3.");
    assertThat(project.read(".golem-pipeline/runs/run-0/" + failed.log())).isEqualTo("now at 2\n");
    var providers =
        project.events(RunEvent.RentalOpened.class).stream()
            .map(RunEvent.RentalOpened::providerId)
            .distinct();
    assertThat(providers.count()).isGreaterThanOrEqualTo(2);
  }

  @Test
  void aValueFeedsTheSplitOfALaterStage() throws Exception {
    project.succeed(
        """
        version: 1
        name: dependent
        stages:
          size:
            run: echo 10 > "$out"
            merge: value
          work:
            needs: size
            split: { range: { from: 0, to: "${size}", step: 4, as: [first, many] } }
            run: echo "$first $many of $size" > "$out"
            merge: concat
            output: work.txt
        """);
    assertThat(project.read("work.txt")).isEqualTo("0 4 of 10\n4 4 of 10\n8 2 of 10\n");
    assertThat(project.events(RunEvent.ValueFound.class))
        .containsExactly(new RunEvent.ValueFound("size", "10"));
  }

  @Test
  void fragmentsFlowFromStageToStageOneByOne() throws Exception {
    project.file("in/a.txt", "a").file("in/b.txt", "b").file("in/c.txt", "c");
    project.succeed(
        """
        version: 1
        name: flow
        stages:
          upper:
            input: in/*.txt
            run: tr a-z A-Z < "$in" > "$out"
            out: .up
          twice:
            from: upper
            matrix: { n: [1, 2] }
            run: |
              printf '%s%s %s\\n' "$(cat "$in")" "$n" "$path" > "$out"
            merge: concat
            output: all.txt
        """);
    assertThat(project.read("all.txt"))
        .isEqualTo("A1 a.up\nA2 a.up\nB1 b.up\nB2 b.up\nC1 c.up\nC2 c.up\n");
  }

  @Test
  void aStageReadsTheMergedFileOfAnother() throws Exception {
    project.file("in.txt", "3\n1\n2\n");
    project.succeed(
        """
        version: 1
        name: merged
        stages:
          double:
            input: in.txt
            split: { lines: 1 }
            run: |
              read -r n < "$in"; echo $((n * 2)) > "$out"
            merge: concat
          add:
            from: double
            split: { lines: 2 }
            run: awk '{ s += $1 } END { print s }' "$in" > "$out"
            merge: sum
            output: sum.txt
        """);
    assertThat(project.read("sum.txt")).isEqualTo("12\n");
  }

  @Test
  void theFirstAcceptedOutputWins() throws Exception {
    project.succeed(
        """
        version: 1
        name: search
        split: { range: { from: 0, to: 40, step: 1, as: [n, size] } }
        run: |
          [ "$n" -ne 30 ] && [ "$n" -ne 5 ] || echo "found $n" > "$out"
        accept: grep -q 30 "$in"
        retry: { attempts: 1, fail: 100% }
        merge: first
        output: found.txt
        """);
    assertThat(project.read("found.txt")).isEqualTo("found 30\n");
  }

  @Test
  void nothingFoundIsAFailure() throws Exception {
    var end =
        project.run(
            """
            version: 1
            name: search
            split: { range: { from: 0, to: 4, step: 1, as: [n, size] } }
            run: ": > \\"$out\\""
            merge: first
            output: found.txt
            """);
    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(project.read("found.txt")).isNull();
  }

  @Test
  void fragmentsWithTheSameOutputPathAreMergedTogether() throws Exception {
    project.file("in/a.txt", "1\n2\n3\n").file("in/b.txt", "4\n5\n");
    project.succeed(
        """
        version: 1
        name: groups
        input: in/*.txt
        split: { lines: 1 }
        run: cat "$in" "$in" > "$out"
        merge: concat
        output: out/${stem}.twice
        """);
    assertThat(project.tree("out"))
        .isEqualTo(Map.of("a.twice", "1\n1\n2\n2\n3\n3\n", "b.twice", "4\n4\n5\n5\n"));
  }

  @Test
  void sharedFilesAndSetupAreThereOncePerProvider() throws Exception {
    project.file("tools/add.sh", "echo $(($1 + $2))").file("data/base.txt", "100\n");
    project.workers = 1;
    project.succeed(
        """
        version: 1
        name: shared
        params: { start: 7 }
        files:
          - tools
          - data/base.txt
        setup: |
          echo "$start" > begun
          echo x >> times
        split: { range: { from: 0, to: 5, step: 1, as: [n, size] } }
        run: |
          read -r base < base.txt
          read -r begun < begun
          sh tools/add.sh "$base" "$begun" > "$out"
          wc -l < times >> "$out"
        merge: concat
        output: all.txt
        """);
    assertThat(project.read("all.txt").replace(" ", "")).isEqualTo("107\n1\n".repeat(5));
  }

  @Test
  void aFailingSetupSaysSo() throws Exception {
    var end =
        project.run(
            """
            version: 1
            name: setup
            setup: exit 9
            retry: { attempts: 2, backoff: 1ms }
            run: echo > "$out"
            output: o.txt
            """);
    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(project.events(RunEvent.FragmentFailed.class).get(0).failure().message())
        .isEqualTo("`setup` did not do well: It exited with 9.");
  }

  @Test
  void aFragmentMayLeaveSeveralFiles() throws Exception {
    project.file("in/a", "x").file("in/b", "y");
    project.succeed(
        """
        version: 1
        name: several
        input: in/*
        run: |
          cp "$in" "$outdir/$path.txt"
          cp "$in" "$outdir/$path.ignored"
        out: "*.txt"
        output: out/
        """);
    assertThat(project.tree("out")).isEqualTo(Map.of("a.txt", "x", "b.txt", "y"));
  }

  @Test
  void anArgvNeedsNoShell() throws Exception {
    project.file("in.txt", "hello");
    project.succeed(
        """
        version: 1
        name: argv
        input: in.txt
        run: [cp, "${in}", "${out}"]
        output: copy.txt
        """);
    assertThat(project.read("copy.txt")).isEqualTo("hello");
  }

  @Test
  void aMissingOutputIsAFailedFragment() throws Exception {
    var end =
        project.run(
            """
            version: 1
            name: missing
            retry: { attempts: 1 }
            run: "true"
            output: o.txt
            """);
    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(project.events(RunEvent.FragmentFailed.class).get(0).failure().message())
        .isEqualTo("It succeeded but left no output.");
  }

  @Test
  void aFragmentThatStoresMoreThanItAskedForFailsByItself() throws Exception {
    var end =
        project.run(
            """
            version: 1
            name: stores
            retry: { attempts: 1 }
            resources: { storage: 20MiB }
            split: { range: { to: 2, as: number } }
            run: |
              echo "$number" > "$out"
              [ "$number" = 0 ] || { i=0; while [ $i -lt 40 ]; do i=$((i + 1)); head -c 1000000 /dev/zero > "$tmp/$i"; done; sleep 1000; }
            merge: concat
            output: o.txt
            """);
    assertThat(end.exitCode()).isEqualTo(1);
    var failures = project.events(RunEvent.FragmentFailed.class);
    assertThat(failures).hasSize(1);
    assertThat(failures.get(0).failure().kind()).isEqualTo(FailureKind.COMMAND);
    assertThat(failures.get(0).failure().message())
        .contains("the files of the activity take more than 20 MiB of storage");
  }

  @Test
  void aFragmentWhoseFileIsLargerThanItsStorageSaysSo() throws Exception {
    project.run(
        """
        version: 1
        name: large
        retry: { attempts: 1 }
        resources: { storage: 20MiB }
        run: exec dd if=/dev/zero of="$out" bs=1 count=1 seek=1000000000000
        output: o.txt
        """);
    assertThat(project.events(RunEvent.FragmentFailed.class).get(0).failure().message())
        .isEqualTo(
            "It exited with 153: a file of it became larger than `resources.storage` allows.");
  }

  @Test
  void aFragmentThatTakesTooLongIsKilled() throws Exception {
    var end =
        project.run(
            """
            version: 1
            name: slow
            retry: { attempts: 1 }
            timeout: 1s
            run: sleep 1000
            output: o.txt
            """);
    assertThat(end.failure().kind()).isEqualTo(FailureKind.DEADLINE);
    assertThat(project.events(RunEvent.FragmentFailed.class).get(0).failure().message())
        .isEqualTo("It took longer than `timeout.run`, which is 1s.");
  }

  @Test
  void anAcceptThatTakesTooLongIsKilled() throws Exception {
    var end =
        project.run(
            """
            version: 1
            name: slow
            retry: { attempts: 1 }
            timeout: 2s
            run: echo 1 > "$out"
            accept: sleep 7791
            output: o.txt
            """);
    assertThat(end.failure().kind()).isEqualTo(FailureKind.DEADLINE);
    assertThat(project.events(RunEvent.FragmentFailed.class).get(0).failure().message())
        .startsWith("`accept` took longer than `timeout.run`, which is 2s");
  }

  @Test
  void aMergeThatTakesTooLongIsKilled() throws Exception {
    var end =
        project.run(
            """
            version: 1
            name: slow
            timeout: 2s
            run: echo 1 > "$out"
            merge: { command: 'sleep 7791' }
            output: o.txt
            """);
    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(end.failure().message())
        .startsWith("Stage `slow`: `merge.command` took longer than `timeout.run`");
    assertThat(end.failure().hint()).contains("timeout: { run: … }");
  }

  @Test
  void aCommandThatKillsItsShellIsSuspected() throws Exception {
    var end =
        project.run(
            """
            version: 1
            name: suicide
            retry: { attempts: 1 }
            run: kill $$
            output: o.txt
            """);
    assertThat(end.exitCode()).isNotZero();
    assertThat(project.events(RunEvent.BatchFinished.class))
        .anySatisfy(each -> assertThat(String.valueOf(each)).contains("may have killed its shell"));
  }

  @Test
  void publishesOverWhatItMadeAndRemovesWhatItNoLongerMakes() throws Exception {
    var yaml =
        """
        version: 1
        name: publish
        input: in/*
        run: cp "$in" "$out"
        output: out/
        """;
    project.file("in/a", "1").file("in/b", "2");
    project.succeed(yaml);
    project.file("out/mine", "kept");
    Files.delete(folder.resolve("in/b"));
    project.file("in/a", "3");
    project.succeed(yaml);
    assertThat(project.tree("out")).isEqualTo(Map.of("a", "3", "mine", "kept"));
  }

  @Test
  void refusesToReplaceWhatItDidNotMake() throws Exception {
    project.file("o.txt", "precious");
    var yaml =
        """
        version: 1
        name: careful
        run: echo new > "$out"
        output: o.txt
        """;
    var end = project.run(yaml);
    assertThat(end.failure().message())
        .isEqualTo("`o.txt` exists and was not made by this pipeline.");
    assertThat(project.read("o.txt")).isEqualTo("precious");
    project.overwrite = true;
    project.succeed(yaml);
    assertThat(project.read("o.txt")).isEqualTo("new\n");
  }

  @Test
  void stagesCannotPublishOneFileUnderNamesThatAreOnlyKnownLater() throws Exception {
    var end =
        project.run(
            """
            version: 1
            name: late
            stages:
              name:
                run: echo x > "$out"
                merge: value
              a:
                run: echo a > "$out"
                output: r/x.txt
              b:
                needs: name
                run: echo b > "$out"
                output: r/./${name}.txt
            """);
    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(end.failure().message()).contains("would both write `r/x.txt`");
    assertThat(project.tree("r")).isEmpty();
  }

  @Test
  void stopsInOrderAndLetsGoOfEverything() throws Exception {
    project.listener =
        event -> {
          if (event instanceof RunEvent.BatchStarted) {
            project.stop();
          }
        };
    var end =
        project.run(
            """
            version: 1
            name: stopped
            split: { range: { from: 0, to: 10, step: 1, as: [n, size] } }
            run: sleep 1000
            output: out/
            """);
    assertThat(end.exitCode()).isEqualTo(130);
    assertThat(project.events(RunEvent.AllocationReleased.class)).hasSize(1);
    assertThat(project.unendedAgreements()).isEmpty();
    assertThat(project.openAgreements).isZero();
    assertThat(folder.resolve(".golem-pipeline/runs/run-0/returned")).doesNotExist();
  }

  @Test
  void whoStopsItBeforeItBeginsGetsAnEndInOrder() throws Exception {
    project.before = project::stop;
    var end =
        project.run(
            """
            version: 1
            name: stopped
            run: echo > "$out"
            output: o.txt
            """);
    assertThat(end.exitCode()).isEqualTo(130);
    assertThat(project.events.get(0)).isInstanceOf(RunEvent.RunStarted.class);
    assertThat(project.events(RunEvent.RentalRequested.class)).isEmpty();
  }

  @Test
  void anEmptyInputFileIsNoTrouble() throws Exception {
    project.file("in/a", "").file("in/b", "x\n");
    project.succeed(
        """
        version: 1
        name: empty
        input: in/*
        split: { lines: 10 }
        run: cat "$in" > "$out"
        merge: concat
        output: all.txt
        """);
    assertThat(project.read("all.txt")).isEqualTo("x\n");
  }

  @Test
  void outputsOfOneNameCannotFillAFolder() throws Exception {
    project.file("in.txt", "1\n2\n");
    var end =
        project.run(
            """
            version: 1
            name: clash
            stages:
              cut:
                input: in.txt
                split: { lines: 1 }
                out: "*"
                run: cp "$in" "$outdir/x"
              join:
                from: cut
                split: none
                run: cat "$in"/* > "$out"
                output: o.txt
            """);
    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(end.failure().message())
        .isEqualTo(
            "Stage `join`: Two inputs are called `x`, and both belong into the folder `$in`.");
    assertThat(end.failure().hint())
        .isEqualTo(
            "Give `cut` an `output` with a variable that tells them apart, such as"
                + " `cut/${index}/`, or a `merge` that combines them.");
  }

  @Test
  void anOutputMayBeginWithTheValueOfAnEarlierStage() throws Exception {
    project.file("in/a.txt", "1");
    project.succeed(
        """
        version: 1
        name: value
        stages:
          day: { run: echo monday > "$out", merge: value }
          named: { needs: day, input: in/*, run: 'cp "$in" "$out"', output: "${day}/${stem}" }
          all: { from: named, run: 'echo "$path" > "$out"', output: all.txt }
        """);
    assertThat(project.read("monday/a")).isEqualTo("1");
    assertThat(project.read("all.txt")).isEqualTo("monday/a\n");
  }

  @Test
  void laterStagesKnowAResultByItsPathBelowTheFolderOfOutput() throws Exception {
    project.file("in/a.txt", "1").file("in/b.txt", "2");
    for (var merge :
        List.of("collect", "concat", "{ reduce: { run: 'cat \"$in\"/* > \"$out\"' } }")) {
      var end =
          project.run(
              """
              version: 1
              name: names
              stages:
                grp:
                  input: in/*
                  matrix: { m: [x, "y z"] }
                  run: cat "$in" > "$out"; echo "$m" >> "$out"
                  merge: %s
                  output: grp/${m}/${stem}.dat
                all:
                  from: grp
                  split: none
                  run: (cd "$in"; find . -type f | sort) > "$out"
                  output: all.txt
                each:
                  from: grp
                  run: echo "$path $stem ${in##*/}" > "$out"
                  merge: concat
                  output: each.txt
                pack:
                  from: grp
                  run: cp "$in" "$out"
                  output: all.tar
              """
                  .formatted(merge));
      assertThat(end.failure()).isNull();
      assertThat(project.read("all.txt"))
          .isEqualTo("./x/a.dat\n./x/b.dat\n./y z/a.dat\n./y z/b.dat\n");
      assertThat(project.read("each.txt"))
          .isEqualTo(
              "x/a.dat a in.dat\ny z/a.dat a in.dat\nx/b.dat b in.dat\ny z/b.dat b in.dat\n");
      assertThat(Files.readString(folder.resolve("all.tar"), StandardCharsets.ISO_8859_1))
          .contains("x/a.dat", "y z/b.dat");
    }
  }

  @Test
  void anInputThatGetsShorterEndsTheRunAtOnce() throws Exception {
    project.file("in/a.txt", "x".repeat(100_000));
    project.listener =
        event -> {
          if (event instanceof RunEvent.RentalRequested) {
            project.file("in/a.txt", "short");
          }
        };
    var end =
        project.run(
            """
            version: 1
            name: shrinks
            input: in/*
            run: cp "$in" "$out"
            output: out/
            """);
    assertThat(end.failure()).isNotNull();
    assertThat(project.tree("out")).isEmpty();
  }

  @Test
  void saysWhichResultsOfEarlierRunsItRemoved() throws Exception {
    var yaml =
        """
        version: 1
        name: named
        params: { word: one, from: 0 }
        split: { range: { from: "${from}", to: 13, as: i } }
        run: echo "$i" > "$out"
        output: ${word}/${i}.txt
        """;
    project.run(yaml);
    assertThat(project.events(RunEvent.OutputsRemoved.class)).isEmpty();
    Files.delete(project.folder.resolve("one/5.txt"));
    project.params.put("word", "two");
    project.run(yaml);
    assertThat(project.events(RunEvent.OutputsRemoved.class)).isEmpty();
    project.file("one/11.txt", "edited");
    project.params.putAll(Map.of("word", "one", "from", "12"));

    project.run(yaml);

    assertThat(project.tree("one")).isEqualTo(Map.of("11.txt", "edited", "12.txt", "12\n"));
    assertThat(project.tree("two")).hasSize(13);
    assertThat(project.events(RunEvent.Warned.class))
        .extracting(RunEvent.Warned::message)
        .containsExactly(
            "`one/11.txt` is no longer made, but stays: it was changed since it was published.");
    var removed = project.events(RunEvent.OutputsRemoved.class);
    assertThat(removed).hasSize(1);
    assertThat(removed.get(0).files()).isEqualTo(10);
    assertThat(removed.get(0).first()).hasSize(10).startsWith("one/0.txt", "one/1.txt");
  }

  @Test
  void aJournalThatCannotBeWrittenLeavesNothingRented() throws Exception {
    project.listener =
        event -> {
          if (event instanceof RunEvent.BatchStarted) {
            throw new java.io.UncheckedIOException(new java.io.IOException("disk full"));
          }
        };
    assertThatThrownBy(
            () ->
                project.run(
                    """
                    version: 1
                    name: full
                    run: sleep 1000
                    output: o.txt
                    """))
        .hasMessageContaining("disk full");
    assertThat(project.openAgreements).isZero();
  }
}
