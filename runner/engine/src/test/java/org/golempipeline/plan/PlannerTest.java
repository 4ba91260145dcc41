package org.golempipeline.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.journal.PlanJson;
import org.golempipeline.strategy.InputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlannerTest {
  @TempDir Path folder;

  private void file(String name, String content) throws IOException {
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private Checked<Plan> plan(String body) {
    return Plans.of("version: 1\nname: p\n" + body, "p.yaml", folder);
  }

  private List<String> problems(String body) {
    return plan(body).diagnostics().stream()
        .map(d -> d.range().line() + ":" + d.range().column() + " " + d.id() + " " + d.message())
        .toList();
  }

  @Test
  void saysWhichPatternMatchesNothing() {
    assertThat(problems("input: none/*.txt\nrun: cp \"$in\" \"$out\"\noutput: o/\n"))
        .containsExactly("3:8 Input.NoMatch No file matches `none/*.txt`.");
  }

  @Test
  void refusesOutputsThatWouldOverwriteEachOther() throws IOException {
    file("in/a", "");
    file("in/b", "");
    assertThat(problems("input: in/*\nrun: cp \"$in\" \"$out\"\noutput: same.txt\n"))
        .containsExactly(
            "5:9 Output.SameName Fragments 0 and 1 would both be written to `same.txt`.");
  }

  private List<String> problemsAndCures(String body) {
    return plan(body).diagnostics().stream()
        .map(d -> d.range().line() + " " + d.message() + " | " + d.hint())
        .toList();
  }

  @Test
  void saysHowToTellOutputsOfOneFolderApart() throws IOException {
    file("in/a.txt", "");
    var stage =
        """
        input: in/*
        matrix: { m: [x, y] }
        run: echo "$m" | cat "$in" - > "$out"
        output: cc/
        """;
    assertThat(problemsAndCures(stage))
        .containsExactly(
            "6 Fragments 0 and 1 would both be written to `cc/a.txt`. | Tell them apart with a"
                + " variable, such as `output: cc/${index}`, or choose a `merge` that combines"
                + " them.");
    assertThat(problems(stage.replace("cc/", "cc/${index}"))).isEmpty();
  }

  @Test
  void saysHowToTellOutputsOfOneArchiveApart() throws IOException {
    file("in/a.txt", "");
    var stage =
        """
        input: in/*
        matrix: { m: [x, y] }
        out: .txt
        run: echo "$m" | cat "$in" - > "$out"
        output: all.tar.gz
        """;
    assertThat(problemsAndCures(stage))
        .containsExactly(
            "7 Fragments 0 and 1 would both be written to `all.tar.gz/a.txt`. | Set `out: '*'` and"
                + " let the command give its files names that differ, such as"
                + " `$outdir/$index.txt`, or choose a `merge` that combines them; a variable in"
                + " `output` would make several archives.");
  }

  /** A stage, and one that reads all its outputs from a folder. */
  private static String two(String first) {
    return """
        stages:
          grp:
            input: in/*
            run: echo "${m-}" | cat "$in" - > "$out"
        %s
          all:
            from: grp
            split: none
            run: ls -R "$in" > "$out"
            merge: concat
            output: all.txt
        """
        .formatted(first.indent(4).stripTrailing());
  }

  @Test
  void knowsTheOutputsOfAStageByTheirPathsBelowTheFolderOfItsOutput() throws IOException {
    file("in/a.txt", "");
    file("in/b.txt", "");
    for (var merge :
        List.of("collect", "concat", "{ reduce: { run: 'cat \"$in\"/* > \"$out\"' } }")) {
      for (var output : List.of("grp/${stem}/${m}.txt", "${stem}-${m}.txt", "g/${m}/${stem}.txt")) {
        assertThat(
                problems(two("matrix: { m: [x, y z] }\nmerge: " + merge + "\noutput: " + output)))
            .as(merge + " " + output)
            .isEmpty();
      }
    }
  }

  @Test
  void refusesOutputsThatWouldHaveOnePlaceInTheFolderOfAStageThatFollows() throws IOException {
    file("in/a.txt", "");
    var matrix = "matrix: { m: [x, y] }";
    assertThat(problemsAndCures(two(matrix)))
        .containsExactly(
            "10 Two inputs are called `a.txt`, and both belong into the folder `$in`. | Give `grp`"
                + " an `output` with a variable that tells them apart, such as `grp/${index}`, or a"
                + " `merge` that combines them.");
    assertThat(problems(two(matrix + "\noutput: grp/${index}"))).isEmpty();
  }

  @Test
  void refusesAFileOfOneStageInThePlaceOfAFolderOfAnother() throws IOException {
    file("in/a.txt", "");
    var stages =
        """
        stages:
          first: { input: in/*, run: 'cp "$in" "$out"', output: "one/${stem}/x" }
          second: { input: in/*, run: 'cp "$in" "$out"', output: "two/${stem}" }
          all: { from: [first, second], split: none, run: ls "$in" > "$out", output: o.txt }
        """;
    assertThat(problemsAndCures(stages))
        .containsExactly(
            "6 One input is called `a/x` and another `a`, and both belong into the folder `$in`. |"
                + " Give `first` or `second` an `output` that makes other names: stages that follow"
                + " know a file by its path below the folder that `output` begins with before any"
                + " variable.");
    assertThat(problems(stages.replace("two/${stem}", "two/${stem}.txt"))).isEmpty();
  }

  @Test
  void refusesOutputsOfOneNameThatFollowFromThoseOfAnEarlierStage() throws IOException {
    file("in/a.txt", "");
    var stages =
        """
        stages:
          join:
            input: in/*
            matrix: { m: [x, y] }
            run: cp "$in" "$out"
            merge: concat
            output: per/${m}/join.txt
          tar:
            from: join
            run: cp "$in" "$out"
            output: tar/${stem}.txt
        """;
    assertThat(problems(stages))
        .containsExactly(
            "13:13 Output.SameName Fragments 0 and 1 would both be written to `tar/join.txt`.");
    assertThat(problems(stages.replace("tar/${stem}.txt", "tar/${path}"))).isEmpty();
    assertThat(problems(stages.replace("tar/${stem}.txt", "all.tar.gz"))).isEmpty();
  }

  @Test
  void doesNotGuessNamesThatDependOnTheRun() throws IOException {
    file("in/a.txt", "");
    assertThat(
            problems(
                """
                stages:
                  v: { run: echo 1 > "$out", merge: value }
                  named: { needs: v, input: in/*, run: 'cp "$in" "$out"', output: "${v}/${stem}" }
                  other: { input: in/*, run: 'cp "$in" "$out"', output: "${stem}" }
                  all: { from: [named, other], split: none, run: ls "$in" > "$out", output: o.txt }
                """))
        .isEmpty();
  }

  private List<String> problemsOfTwo(String one, String other) {
    return problems(
        """
        stages:
          one:
            input: in/*
            run: cp "$in" "$out"
            %s
          two:
            input: in/*
            run: cp "$in" "$out"
            %s
        """
            .formatted(one, other));
  }

  @Test
  void refusesStagesThatWouldWriteOneFile() throws IOException {
    file("in/a.txt", "");
    for (var spelling : List.of("r/x.txt", "r/./x.txt", "r//x.txt", "./r/y/../x.txt")) {
      assertThat(
              problemsOfTwo(
                  "merge: concat\n    output: r/x.txt", "merge: concat\n    output: " + spelling))
          .as(spelling)
          .containsExactly(
              "13:13 Output.SameName The stages `one` and `two` would both write `r/x.txt`.");
    }
    assertThat(problemsOfTwo("output: r/${stem}.txt", "output: r/"))
        .containsExactly(
            "11:13 Output.SameName The stages `one` and `two` would both write `r/a.txt`.");
    assertThat(problemsOfTwo("output: r/", "output: r/./")).hasSize(1);
    assertThat(problemsOfTwo("output: r/", "output: s/")).isEmpty();
  }

  @Test
  void refusesAnOutputBelowAFile() throws IOException {
    file("in/a.txt", "");
    var deep = "merge: concat\n    output: r/a.txt/b/c";
    assertThat(problemsOfTwo("output: r/", deep))
        .containsExactly(
            "12:13 Output.SameName The output `r/a.txt/b/c` would lie below `r/a.txt`, which is a file.");
    assertThat(problemsOfTwo(deep, "output: r/"))
        .containsExactly(
            "12:13 Output.SameName The output `r/a.txt/b/c` would lie below `r/a.txt`, which is a file.");
  }

  @Test
  void refusesAValueThatLeadsAmongTheFilesOfRuns() {
    assertThat(
            problems(
                "split: { range: { to: 2, as: i } }\nmatrix: { at: [x, .golem-pipeline/runs] }\nrun: echo \"$i\" > \"$out\"\noutput: ./${at}/${i}\n"))
        .containsExactly(
            "6:9 Output.BadPath `output` becomes `./.golem-pipeline/runs/0`, and in `.golem-pipeline` runs keep their own files.");
  }

  @Test
  void anOutputThatWaitsForAValueIsNotJudgedBefore() {
    assertThat(
            problems(
                """
                stages:
                  name:
                    run: echo > "$out"
                    merge: value
                  a:
                    needs: name
                    run: echo > "$out"
                    output: ${name}
                  b:
                    run: echo > "$out"
                    output: r/.txt
                  c:
                    needs: name
                    run: echo > "$out"
                    output: r/${name}.txt
                """))
        .isEmpty();
  }

  @Test
  void refusesAnOutputThatTheNextRunWouldRead() throws IOException {
    file("a.txt", "");
    assertThat(
            problems(
                "input: \"*.txt\"\nrun: cp \"$in\" \"$out\"\nmerge: concat\noutput: all.txt\n"))
        .containsExactly(
            "6:9 Output.IsInput The output `all.txt` would be an input of the next run.");
  }

  @Test
  void refusesSharedFilesWithTheSameName() throws IOException {
    file("x/tool", "1");
    file("y/tool", "2");
    assertThat(problems("files: [x/*, y/*]\nrun: sh tool > \"$out\"\noutput: o\n"))
        .containsExactly(
            "3:14 Files.SameName Two files would both be called `tool` on the provider.");
  }

  private static String web(String url) {
    return "{ url: \"" + url + "\", hash: " + "ab".repeat(28) + " }";
  }

  @Test
  void filesOfTheWebAreKnownByTheirAddresses() throws IOException {
    file("b.txt", "");
    var plan =
        plan("input: [%s, b.txt, %s, %s]\nrun: cp \"$in\" \"$out\"\noutput: o/\n"
                .formatted(
                    web("https://example.org/x/c%20d.tar.gz?y=/z#w"),
                    web("https://example.org"),
                    web("https://example.org/x/c%20d.tar.gz?y=/z#w")))
            .value()
            .orElseThrow();
    assertThat(plan.stages().get(0).inputs())
        .extracting(InputFile::path)
        .containsExactly("c d.tar.gz", "b.txt", "download");
    assertThat(PlanDrawing.text(plan))
        .contains(
            "fragment 0 (c d.tar.gz): https://example.org/x/c%20d.tar.gz?y=/z#w, fetched by the provider\n");
    assertThat(PlanJson.write(plan))
        .contains("\"url\" : \"https://example.org\"")
        .contains("\"hash\" : \"sha3:" + "ab".repeat(28) + "\"");
  }

  @Test
  void refusesFilesOfOneFragmentWithTheSameName() throws IOException {
    file("x/f.txt", "1");
    var two = web("https://example.org/f.txt");
    assertThat(
            problems(
                "input: [x/*, %s]\nsplit: none\nrun: cat \"$in\"/* > \"$out\"\noutput: o\n"
                    .formatted(two)))
        .containsExactly(
            "3:14 Files.SameName Two files of a fragment would both be called `f.txt` on the provider.");
    assertThat(
            problems(
                "input: [x/*, %s]\nsplit: { files: { group: 1 } }\nrun: cat \"$in\"/* > \"$out\"\nmerge: concat\noutput: o\n"
                    .formatted(two)))
        .isEmpty();
  }

  @Test
  void refusesAFolderWhereAFileIs() throws IOException {
    file("x/f/g", "1");
    assertThat(
            problems(
                "input: [%s, x/**]\nsplit: none\nrun: ls \"$in\" > \"$out\"\noutput: o\n"
                    .formatted(web("https://example.org/f"))))
        .hasSize(1);
  }

  @Test
  void refusesToGroupFilesOfTheWebBySize() {
    assertThat(
            problems(
                "input: [%s]\nsplit: { files: { size: 1MiB } }\nrun: ls \"$in\" > \"$out\"\noutput: o/\n"
                    .formatted(web("https://example.org/f"))))
        .containsExactly(
            "4:10 Split.Refused `f` is fetched by the providers, so it cannot be looked at here.");
  }

  @Test
  void givesEveryFragmentItsVariablesInTheOrderOfTheMatrix() throws IOException {
    file("in/a.txt", "1\n2\n");
    var stage =
        plan("input: in/*.txt\nsplit: { lines: 1 }\nmatrix: { x: [0.10, yes], y: 1..2 }\n"
                + "run: cat \"$in\" > \"$out\"\nmerge: concat\noutput: o\n")
            .value()
            .orElseThrow()
            .stages()
            .get(0);
    var fragments = stage.fragments().orElseThrow();
    assertThat(fragments.count()).isEqualTo(8);
    assertThat(fragments.get(5).variables())
        .containsEntry("x", "0.10")
        .containsEntry("y", "2")
        .containsEntry("index", "5")
        .containsEntry("count", "8")
        .containsEntry("path", "a.txt")
        .containsEntry("stem", "a");
    assertThat(fragments.get(2).variables()).containsEntry("x", "yes").containsEntry("y", "1");
    assertThat(fragments.get(5).label()).isEqualTo("fragment 5 (a.txt, x=0.10, y=2)");
  }

  @Test
  void samePlanForSameInput() throws IOException {
    for (var i = 0; i < 20; i++) {
      file("in/" + i, "x\n".repeat(i));
    }
    var body =
        "input: in/*\nsplit: { lines: 3 }\nrun: cp \"$in\" \"$out\"\nmerge: concat\noutput: o\n";
    assertThat(PlanDrawing.text(plan(body).value().orElseThrow()))
        .isEqualTo(PlanDrawing.text(plan(body).value().orElseThrow()));
  }

  @Test
  void showsWhatRunsOnThisMachine() {
    var body =
        """
        matrix: { n: 1..3 }
        run: echo "$n" > "$out"
        accept: test -s "$in"
        verify: { audit: 5%, by: local }
        enough: { until: 'grep -q 3 "$in"' }
        merge: { command: 'cat $(cat "$list") > "$out"' }
        output: all.txt
        """;
    assertThat(PlanDrawing.text(plan(body).value().orElseThrow()))
        .contains(
            """
              runs on this machine: accept: test -s "$in"
              runs on this machine: merge: cat $(cat "$list") > "$out"
              runs on this machine: until: grep -q 3 "$in"
              runs on this machine: verify: `run` again, as an audit by local
            """);
  }
}
