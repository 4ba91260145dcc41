package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LawsIT {
  private static final String BY_LINES = "split: { lines: 50 }";

  @TempDir Path folder;

  private Workspace workspace;

  @BeforeEach
  void writeInput() throws IOException {
    workspace = new Workspace(folder);
    var lines = new StringBuilder("name,size\n");
    for (var i = 1; i < 400; i++) {
      lines.append("word").append(i % 7).append(',').append(i).append('\n');
    }
    workspace.write("input/odd 'name' $(x) é.csv", lines.toString());
  }

  private Workspace.Ran laws(String split, String run, String merge, String... options)
      throws IOException {
    workspace.write(
        "pipeline.yaml",
        """
        version: 1
        name: tried
        input: input/*
        %s
        run: |
          %s
        merge: %s
        output: result/out.txt
        """
            .formatted(split, run, merge));
    var arguments = new java.util.ArrayList<>(java.util.List.of("check", "--laws"));
    arguments.addAll(java.util.List.of(options));
    arguments.add("pipeline.yaml");
    return workspace.run(arguments.toArray(String[]::new));
  }

  @Test
  void everyLawHoldsForAPipelineThatIsRight() throws IOException {
    var ran =
        laws(
            "split: { csv: { rows: 1000 } }",
            "tail -n +2 \"$in\" | awk -F, '{ n[$1] += $2 } END { for (k in n) print k \"\\t\" n[k] }' > \"$out\"",
            "{ aggregate: { by: 1, sum: 2 } }");

    assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
    assertThat(ran.out())
        .contains("ok              cover", "ok              twice", "ok              order")
        .contains("ok              whole", "ok              size", "No law is broken.");
    assertThat(folder.resolve("result")).doesNotExist();
    assertThat(folder.resolve(".golem-pipeline")).doesNotExist();
  }

  @Test
  void countsThatAreOnlyPutTogetherBreakThem() throws IOException {
    var ran = laws(BY_LINES, "cut -d, -f1 \"$in\" | sort | uniq -c > \"$out\"", "concat");

    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(1);
    assertThat(ran.out())
        .contains("broken          whole", "broken          size", "ok              twice")
        .contains("`result/out.txt` differs in line 2", "aggregate: { by: 1, sum: 2 }");
  }

  @Test
  void theFirstLineOfEveryFragmentIsNotTheFirstLine() throws IOException {
    var ran = laws(BY_LINES, "head -n 1 \"$in\" > \"$out\"", "concat");

    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(1);
    assertThat(ran.out()).contains("broken          whole", "`head`", "split: { csv:");
  }

  @Test
  void anAverageOfAveragesDependsOnTheSize() throws IOException {
    var ran =
        laws(
            "split: { lines: 150 }",
            "awk -F, 'NR > 0 { n += $2 } END { print n / NR }' \"$in\" > \"$out\"",
            "{ command: 'xargs cat < \"$list\" | awk \"{ n += \\$1 } END { print n / NR }\" > \"$out\"' }");

    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(1);
    assertThat(ran.out()).contains("broken          whole", "no average");
  }

  @Test
  void numbersOfLinesMustBeAddedUp() throws IOException {
    var ran = laws(BY_LINES, "wc -l < \"$in\" > \"$out\"", "concat");

    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(1);
    assertThat(ran.out()).contains("broken          whole", "`merge: sum`");
  }

  @Test
  void chanceIsFoundByRunningTwice() throws IOException {
    var ran = laws(BY_LINES, "od -An -N8 -tx1 /dev/urandom > \"$out\"", "concat");

    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(1);
    assertThat(ran.out())
        .contains("broken          twice", "Make a seed of `$index`")
        .contains("does not apply  whole  two runs that are alike differ already");
  }

  @Test
  void whatFragmentsLeaveOnAProviderIsFoundByRunningThemElsewhere() throws IOException {
    var ran = laws(BY_LINES, "echo >> seen; wc -l < seen > \"$out\"; sleep 0.05", "sum", "--json");

    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(1);
    // Chance decides whether a run with as many providers differs already.
    assertThat(ran.out())
        .startsWith("{\"file\":\"pipeline.yaml\",\"holds\":false,")
        .containsPattern("\"law\":\"(twice|order)\",\"verdict\":\"broken\"");
  }

  @Test
  void aCommandThatTellsFragmentsApartIsNotBlamed() throws IOException {
    var ran = laws(BY_LINES, "echo \"$index of $count\" > \"$out\"", "concat");

    assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
    assertThat(ran.out()).contains("does not apply  whole", "does not apply  size", "`$count`");
  }

  @Test
  void ofALargeInputABeginningIsTakenThatCanBeRead() throws IOException {
    var elements = new StringBuilder("[");
    for (var i = 0; i < 20_000; i++) {
      elements.append(i == 0 ? "" : ",\n").append("{\"n\":\"").append(i).append("\"}");
    }
    workspace.write("input/odd 'name' $(x) é.csv", elements.append("]\n").toString());

    var ran =
        laws(
            "split: { json: { elements: 10 } }",
            "cat \"$in\" > \"$out\"",
            "json",
            "--sample=64KiB");

    assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
    assertThat(ran.out())
        .contains("tried: a beginning of 1 file", "in 24 fragments (json: { elements: 10 })")
        .contains("ok              cover", "ok              whole", "ok              size");
  }

  @Test
  void aCommandThatFailsIsSaidToFail() throws IOException {
    var ran = laws(BY_LINES, "echo wrong; exit 3", "concat");

    assertThat(ran.exitCode()).as(ran.out()).isEqualTo(1);
    assertThat(ran.out()).contains("It fails there: ", "wrong.", "does not apply  twice");
  }

  @Test
  void resultsNeverLeaveTheFolderOfTheTrial() throws IOException {
    workspace.write(
        "below/pipeline.yaml",
        """
        version: 1
        name: outside
        input: ../input/*
        split: { lines: 50 }
        run: cat "$in" > "$out"
        merge: concat
        output: ../mine.txt
        """);
    workspace.write("mine.txt", "mine");

    var ran = workspace.run("check", "--laws", "--allow-outside", "below/pipeline.yaml");

    assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
    assertThat(workspace.read("mine.txt")).isEqualTo("mine");
  }

  @Test
  void aStageIsTriedWithWhatItNeedsAndWithTheTreeThatCombinesIt() throws IOException {
    workspace.write(
        "stages.yaml",
        """
        version: 1
        name: stages
        stages:
          most:
            input: input/*
            split: { lines: 1000 }
            run: awk -F, '{ if ($2 + 0 > m) m = $2 } END { print m }' "$in" > "$out"
            merge: { reduce: { run: cat "$in"/* | sort -n | tail -n 1 > "$out", fan_in: 2 } }
          top:
            from: most
            run: cat "$in" > "$out"
            merge: value
          shares:
            needs: top
            input: input/*
            split: { csv: { rows: 40 } }
            run: awk -F, -v t="$top" 'NR > 1 { print $2 / t }' "$in" > "$out"
            merge: concat
            output: result/shares.txt
        """);

    var ran = workspace.run("check", "--laws", "stages.yaml");

    assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
    assertThat(ran.out())
        .contains("most: all of 1 file", "top: all of 1 file that `most` left")
        .contains("shares: all of 1 file");
    assertThat(ran.out().split("ok {14}whole", -1)).hasSize(3);
  }

  @Test
  void stagesKnowWhatTheyReadByTheNamesOfARun() throws IOException {
    workspace.write(
        "names.yaml",
        """
        version: 1
        name: names
        stages:
          grouped:
            input: input/*
            split: none
            matrix: { m: [x, y] }
            run: cat "$in"/* > "$out"
            merge: concat
            output: result/${m}/all.csv
          packed:
            from: grouped
            split: files
            run: cp "$in" "$out"
            output: result/of/${path}.tar
          names:
            from: packed
            split: none
            run: |
              test "$(cd "$in"; echo */*/*/*)" = "x/all.csv.tar/x/all.csv y/all.csv.tar/y/all.csv"
              echo "as in a run" > "$out"
            merge: value
        """);
    var ran = workspace.run("check", "--laws", "names.yaml");

    assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
    assertThat(ran.out().split("ok {14}twice", -1)).hasSize(4);
  }

  @Test
  void eachStageIsGivenWhatTheOneBeforeLeft() throws IOException {
    workspace.write(
        "chain.yaml",
        """
        version: 1
        name: chain
        stages:
          numbers:
            split: { range: { from: 0, to: 40, step: 10, as: [first, size] } }
            run: seq "$first" "$((first + size - 1))" > "$out"
            merge: concat
          sizes:
            input: input/*
            split: { csv: { rows: 100 } }
            run: tail -n +2 "$in" | cut -d, -f2 > "$out"
            merge: concat
          each:
            from: [sizes, numbers]
            split: { lines: 60 }
            run: sed 's/$/0/' "$in" > "$out"
            out: .txt
          joined:
            from: each
            run: echo "# $stem" > "$out"; cat "$in" >> "$out"
            merge: concat
          top:
            from: joined
            split: { lines: 30 }
            run: grep -v '#' "$in" | sort -n | tail -n 1 > "$out"
            merge: concat
          broken:
            from: top
            run: exit 3
            merge: concat
          last:
            from: broken
            run: cat "$in" > "$out"
            merge: concat
            output: result/last.txt
        """);

    var ran = workspace.run("check", "--laws", "chain.yaml");

    assertThat(ran.exitCode()).as(ran.out() + ran.err()).isEqualTo(1);
    assertThat(ran.out())
        .contains("numbers: not tried: it has no `input`.")
        .contains("each: all of 2 files that `sizes` and `numbers` left")
        .contains("does not apply  whole  `merge: collect` combines nothing")
        .contains("joined: all of 8 files that `each` left, ")
        .contains("top: all of 1 file that `joined` left, ", "broken          whole")
        .contains("broken: all of 1 file that `top` left", "It fails there")
        .contains("last: not tried: it reads what `broken` leaves, and that left nothing here.");
  }

  @Test
  void splitsAndMergesOfPluginsAreTriedLikeOthers() throws IOException {
    workspace.copy(Workspace.project().resolve("pipelines/phage-reads"), "reads");
    Path jar;
    try (var files = Files.list(Workspace.project().resolve("plugins/genomes/target"))) {
      jar =
          files
              .filter(
                  file ->
                      file.getFileName().toString().matches("golem-pipeline-genomes-[0-9.]+\\.jar"))
              .findFirst()
              .orElseThrow();
    }

    var ran = workspace.run("check", "--laws", "reads/pipeline.yaml", "--plugin", jar.toString());

    assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
    assertThat(ran.out())
        .contains("counts: all of 4 files, ", "(genomes/fastq: { reads: 100 })")
        .contains("does not apply  whole  stage `counts` names `$mate1`")
        .contains("quality: all of 1 file that `counts` left, ")
        .contains("does not apply  cover  `genomes/regions` may leave out, repeat and replace: ");
  }

  @Test
  void mistakesComeFirst() throws IOException {
    workspace.write("wrong.yaml", "version: 1\nname: wrong\n");
    assertThat(workspace.run("check", "--laws", "wrong.yaml").exitCode()).isEqualTo(2);
    assertThat(workspace.run("check", "--sample", "1MiB", "wrong.yaml").err()).contains("--laws");
    assertThat(laws(BY_LINES, "cat \"$in\" > \"$out\"", "concat", "--sample=much").exitCode())
        .isEqualTo(2);
  }
}
