package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.RunEvent.PartMade;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Results from which fragments are missing: what is said of them, and what the next run does. */
@Timeout(240)
class PartialResultTest {
  /** Inputs called bad fail while there is no file called good. */
  private static final String COPY =
      """
      version: 1
      name: copy
      params: { good: "%s" }
      retry: { attempts: 1, keep_going: true }
      """;

  private static final String RUN =
      "case $(cat \"$in\") in bad*) [ -e \"$good\" ] || exit 3 ;; esac; cat \"$in\" > \"$out\"";

  @TempDir Path folder;
  private Project project;

  @BeforeEach
  void open() {
    project = new Project(folder);
    project.reuse = true;
    project.file("in/a", "1\n").file("in/b", "bad 2\n").file("in/c", "3\n").file("in/d", "bad 4\n");
  }

  private String pipeline(String stages) {
    return COPY.formatted(folder.resolve("good"))
        + stages.replace("RUN", "'" + RUN.replace("'", "''") + "'");
  }

  private RunEvent.RunFinished run(String stages) throws Exception {
    var end = project.run(pipeline(stages));
    assertThat(project.openAgreements).isZero();
    return end;
  }

  private static PartMade part(String stage, FragmentSet missing, String... from) {
    return new PartMade(stage, missing, List.of(from), true);
  }

  private void assertPartial(RunEvent.RunFinished end, PartMade... parts) {
    assertThat(end.failure()).isNull();
    assertThat(end.exitCode()).isEqualTo(6);
    assertThat(project.events(PartMade.class)).containsExactlyInAnyOrder(parts);
  }

  @Test
  void publishesWhatCameOutAndComputesOnlyTheRestNextTime() throws Exception {
    var stages = "input: in/*\nrun: RUN\nmerge: concat\noutput: all.txt\n";
    var end = run(stages);
    assertPartial(end, part("copy", FragmentSet.of(1, 3)));
    assertThat(end.fragmentsMissing()).isEqualTo(2);
    assertThat(project.read("all.txt")).isEqualTo("1\n3\n");

    assertPartial(run(stages), part("copy", FragmentSet.of(1, 3)));
    assertThat(project.sent("copy")).isEqualTo(FragmentSet.of(1, 3));
    assertThat(project.reused("copy").reasons()).containsExactly("2 failed in the last run");

    project.file("good", "");
    assertThat(run(stages).exitCode()).isZero();
    assertThat(project.sent("copy")).isEqualTo(FragmentSet.of(1, 3));
    assertThat(project.reused("copy").reasons()).containsExactly("2 failed in the last run");
    assertThat(project.events(PartMade.class)).isEmpty();
    assertThat(project.read("all.txt")).isEqualTo("1\nbad 2\n3\nbad 4\n");

    assertThat(run(stages).exitCode()).isZero();
    assertThat(project.sent("copy")).isEqualTo(FragmentSet.EMPTY);
  }

  @Test
  void tellsWhatIsNewFromWhatFailed() throws Exception {
    var stages = "input: in/*\nrun: RUN\nmerge: concat\noutput: all.txt\n";
    run(stages);
    project.file("in/e", "5\n");
    run(stages);
    assertThat(project.reused("copy").reasons())
        .containsExactlyInAnyOrder("2 failed in the last run", "input e is new");
    run(stages + "out: .txt\n");
    assertThat(project.reused("copy").reasons()).containsExactly("out changed");
  }

  @Test
  void aPartOfAMergeIsNeverTakenForTheWhole() throws Exception {
    var stages =
        """
        stages:
          copy: { input: in/*, run: RUN, merge: concat }
          size: { from: copy, run: 'wc -l < "$in" | tr -d " " > "$out"', merge: value }
          say: { needs: size, run: 'echo "$size lines" > "$out"', merge: concat, output: n.txt }
          list: { files: { all: { from: copy } }, run: 'cat all > "$out"', merge: concat, output: l.txt }
          other: { needs: copy, run: 'echo other > "$out"', merge: concat, output: o.txt }
        """;
    assertPartial(
        run(stages),
        part("copy", FragmentSet.of(1, 3)),
        part("size", FragmentSet.EMPTY, "copy"),
        part("say", FragmentSet.EMPTY, "size"),
        part("list", FragmentSet.EMPTY, "copy"));
    assertThat(project.read("n.txt")).isEqualTo("2 lines\n");
    assertThat(project.read("l.txt")).isEqualTo("1\n3\n");

    project.file("good", "");
    assertThat(run(stages).exitCode()).isZero();
    assertThat(project.read("n.txt")).isEqualTo("4 lines\n");
    assertThat(project.read("l.txt")).isEqualTo("1\nbad 2\n3\nbad 4\n");
    assertThat(project.sent("other")).isEqualTo(FragmentSet.EMPTY);
  }

  @Test
  void fileByFileEachStageGetsWhatIsThere() throws Exception {
    var stages =
        """
        stages:
          copy: { input: in/*, run: RUN }
          again: { from: copy, run: 'cat "$in" > "$out"', output: out/ }
        """;
    assertPartial(
        run(stages),
        part("copy", FragmentSet.of(1, 3)),
        part("again", FragmentSet.of(1, 3), "copy"));
    assertThat(project.tree("out")).containsOnlyKeys("a", "c");
    project.file("good", "");
    assertThat(run(stages).exitCode()).isZero();
    assertThat(project.sent("again")).isEqualTo(FragmentSet.of(1, 3));
    assertThat(project.tree("out")).containsOnlyKeys("a", "b", "c", "d");
  }

  @Test
  void aTreeCombinesTheLeavesThatAreThere() throws Exception {
    var stages =
        "input: in/*\nrun: RUN\noutput: all.txt\n"
            + "merge: { reduce: { run: 'cat \"$in\"/* > \"$out\"', fan_in: 2 } }\n";
    assertPartial(
        run(stages),
        part("copy", FragmentSet.of(1, 3)),
        part("copy.reduce", FragmentSet.EMPTY, "copy"));
    assertThat(project.read("all.txt")).isEqualTo("1\n3\n");
    project.file("good", "");
    assertThat(run(stages).exitCode()).isZero();
    assertThat(project.read("all.txt")).isEqualTo("1\nbad 2\n3\nbad 4\n");
  }

  @Test
  void aSearchThatFoundItsResultLacksNothing() throws Exception {
    var end = run("input: in/*\nrun: RUN\nmerge: first\noutput: first.txt\n");
    assertThat(end.exitCode()).isZero();
    assertThat(project.read("first.txt")).isIn("1\n", "3\n");
  }

  @Test
  void nothingIsPublishedIfNothingSucceeds() throws Exception {
    var stages = "input: [in/b, in/d]\nrun: RUN\nmerge: concat\noutput: out/all.txt\n";
    for (var retry : new String[] {"keep_going: true", "fail: 100%"}) {
      var end = project.run(pipeline(stages).replace("keep_going: true", retry));
      assertThat(end.exitCode()).isEqualTo(1);
      assertThat(end.failure()).isNotNull();
      assertThat(end.failure().kind()).isEqualTo(FailureKind.COMMAND);
      assertThat(end.failure().message()).isEqualTo("No fragment of `copy` succeeded.");
      assertThat(project.read("out/all.txt")).isNull();
    }
  }

  @Test
  void aMergeThatFailsOnAPartFailsTheRun() throws Exception {
    var end = run("input: in/*\nrun: RUN\nmerge: { command: 'exit 9' }\noutput: all.txt\n");
    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(project.read("all.txt")).isNull();
    assertThat(end.fragmentsMissing()).isEqualTo(2);
  }
}
