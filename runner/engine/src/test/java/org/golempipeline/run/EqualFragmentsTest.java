package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.commons.io.FileUtils;
import org.golempipeline.event.RunEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Fragments that are given the same and draw random numbers: each has a result of its own. */
@Timeout(240)
class EqualFragmentsTest {
  private static final String DRAW = "head -c 8 /dev/urandom | od -An -tx1 > \"$out\"";

  @TempDir Path folder;
  private Project project;

  @BeforeEach
  void open() {
    project = new Project(folder);
    project.reuse = true;
  }

  private static String pipeline(String rest) {
    return ("version: 1\nname: draws\n" + rest).replace("DRAW", DRAW);
  }

  private Map<String, String> run(String yaml) throws Exception {
    project.succeed(yaml);
    return project.tree("out");
  }

  /** All differ, and every later run has each in its place without computing any. */
  private void assertEachKeepsItsOwn(String yaml, int results) throws Exception {
    var first = run(yaml);
    assertThat(first).hasSize(results);
    assertThat(first.values()).doesNotHaveDuplicates();
    for (var workers : new int[] {2, 4}) {
      project.workers = workers;
      FileUtils.deleteDirectory(folder.resolve("out").toFile());
      assertThat(run(yaml)).isEqualTo(first);
      assertThat(project.events(RunEvent.BatchStarted.class)).isEmpty();
    }
  }

  @Test
  void ofAMatrixThatTheCommandDoesNotName() throws Exception {
    assertEachKeepsItsOwn(
        pipeline("matrix: { trial: 1..8 }\nrun: DRAW\noutput: out/${trial}.txt\n"), 8);
  }

  @Test
  void ofEqualFiles() throws Exception {
    project.file("in/a", "same").file("in/b", "same").file("in/c", "other").file("in/d", "same");
    assertEachKeepsItsOwn(pipeline("input: in/*\nrun: 'cat \"$in\"; DRAW'\noutput: out/\n"), 4);
  }

  @Test
  void ofEqualLinesRowsAndMatrixValues() throws Exception {
    project.file("in.txt", "same\n".repeat(5));
    assertEachKeepsItsOwn(
        pipeline(
            """
            input: in.txt
            split: { lines: 1 }
            matrix: { trial: [a, a] }
            run: 'cat "$in"; DRAW'
            output: out/${index}
            """),
        10);
    project.file("jobs.csv", "mode\nfast\nslow\nfast\n");
    FileUtils.deleteDirectory(folder.resolve("out").toFile());
    assertEachKeepsItsOwn(
        pipeline("split: { table: jobs.csv }\nrun: 'echo \"$mode\"; DRAW'\noutput: out/\n"), 3);
  }

  /** They arrive in any order. */
  @Test
  void thatFollowOthers() throws Exception {
    assertEachKeepsItsOwn(
        pipeline(
            """
            stages:
              equal:
                matrix: { trial: 1..6 }
                run: sleep 0.$((trial * 7 % 5)); echo same > "$out"
              other:
                matrix: { trial: 1..2 }
                run: echo same > "$out"
              draw:
                from: [equal, other]
                matrix: { again: [x, y, x] }
                run: 'cat "$in"; DRAW'
                output: out/${index}
            """),
        24);
  }

  @Test
  void thatCombineOthers() throws Exception {
    assertEachKeepsItsOwn(
        pipeline(
            """
            matrix: { group: [a, b, c], trial: 1..4 }
            run: echo same > "$out"
            merge: { reduce: { fan_in: 2, run: 'ls "$in"; DRAW' } }
            output: out/${group}.txt
            """),
        3);
  }

  @Test
  void ofTwoStagesOfOneCommand() throws Exception {
    assertEachKeepsItsOwn(
        pipeline(
            """
            stages:
              first: { matrix: { trial: 1..2 }, run: DRAW, output: 'out/a${trial}' }
              second: { needs: first, matrix: { trial: 1..2 }, run: DRAW, output: 'out/b${trial}' }
            """),
        4);
  }

  /** What a machine draws is within the tolerance of what the other one draws. */
  @Test
  void thatAreVerified() throws Exception {
    project.workers = 4;
    assertEachKeepsItsOwn(
        pipeline(
            """
            matrix: { trial: 1..5 }
            run: |
              n=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
              echo $((1000000000 + n % 900000000)) > "$out"
            verify: { copies: 2, compare: { csv: { tolerance: 0.9 } } }
            output: out/
            """),
        5);
  }

  @Test
  void othersPutBetweenThemLeaveThemAsTheyAre() throws Exception {
    project.file("in/b", "same").file("in/d", "same");
    var yaml =
        pipeline(
            """
            stages:
              copy: { input: in/*, run: 'cp "$in" "$out"' }
              draw: { from: copy, run: 'cat "$in"; DRAW', output: out/ }
            """);
    var before = run(yaml);
    project.file("in/a", "other").file("in/c", "same");
    var after = run(yaml);
    assertThat(after).hasSize(4).containsAllEntriesOf(before);
    assertThat(after.values()).doesNotHaveDuplicates();
  }

  @Test
  void anotherCommandUpstreamThatLeavesTheSameChangesNothing() throws Exception {
    var yaml =
        pipeline(
            """
            stages:
              equal: { matrix: { trial: 1..4 }, run: 'echo same > "$out"' }
              draw: { from: equal, run: 'cat "$in"; DRAW', output: out/ }
            """);
    var before = run(yaml);
    Files.delete(folder.resolve("out/0"));
    assertThat(run(yaml.replace("echo same", "printf \"same\\\\n\""))).isEqualTo(before);
    assertThat(project.sent("equal").size()).isEqualTo(4);
    assertThat(project.sent("draw").isEmpty()).isTrue();
  }
}
