package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Objects;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Stages that end before all of their fragments are done. */
@Timeout(240)
class EnoughTest {
  /** Fragment 3 would take longer than any test may. */
  private static final String NUMBERS =
      """
      version: 1
      name: numbers
      split: { range: { from: 0, to: 20, step: 1, as: [n, size] } }
      run: |
        [ "$n" -ne 3 ] || sleep 3000
        echo "$n" > "$out"
      merge: concat
      output: all.txt
      """;

  @TempDir Path folder;
  private Project project;

  @BeforeEach
  void open() {
    project = new Project(folder);
    project.workers = 3;
    project.reuse = true;
  }

  private RunEvent.StageEnough enough() {
    assertThat(project.events(RunEvent.StageEnough.class)).hasSize(1);
    return project.events(RunEvent.StageEnough.class).get(0);
  }

  private String linesWithout(FragmentSet missing) {
    var text = new StringBuilder();
    for (var n = 0; n < 20; n++) {
      text.append(missing.contains(n) ? "" : n + "\n");
    }
    return text.toString();
  }

  private void assertPartial(RunEvent.RunFinished end, int least) throws Exception {
    assertThat(end.exitCode()).isZero();
    assertThat(end.failure()).isNull();
    assertThat(enough().done()).isGreaterThanOrEqualTo(least);
    assertThat(enough().missing().size()).isEqualTo(20 - enough().done());
    assertThat(enough().missing().contains(3)).isTrue();
    assertThat(project.read("all.txt")).isEqualTo(linesWithout(enough().missing()));
    assertThat(project.openAgreements).isZero();
  }

  @Test
  void aNumberOfFragments() throws Exception {
    assertPartial(project.run(NUMBERS + "enough: 12\n"), 12);
  }

  @Test
  void aShareOfTheFragments() throws Exception {
    assertPartial(project.run(NUMBERS + "enough: 60%\n"), 12);
  }

  @Test
  void untilTheResultSoFarWillDo() throws Exception {
    var end =
        project.run(
            NUMBERS
                + """
                enough: { until: '[ "$(wc -l < "$in")" -ge "$least" ]' }
                params: { least: 9 }
                """);
    assertPartial(end, 9);
  }

  @Test
  void untilIsNotAskedBeforeAsManyAreDone() throws Exception {
    var end =
        project.run(
            NUMBERS
                + """
                enough: { after: 15, until: 'wc -l < "$in" >> "$log"; [ "$(wc -l < "$in")" -ge 15 ]' }
                params: { log: %s }
                """
                    .formatted(folder.resolve("asked.log")));
    assertPartial(end, 15);
    assertThat(Objects.requireNonNull(project.read("asked.log")).lines())
        .isNotEmpty()
        .allMatch(lines -> Integer.parseInt(lines.strip()) >= 15);
  }

  @Test
  void untilIsAskedAboutWhatIsTrustedWhereOthersAudit() throws Exception {
    var end =
        project.run(
            NUMBERS
                + """
                verify: { audit: 10% }
                enough: { after: 30%, until: '[ "$(wc -l < "$in")" -ge 9 ]' }
                """);
    assertPartial(end, 9);
    assertThat(project.events(RunEvent.ChecksQueued.class)).isNotEmpty();
  }

  @Test
  void whatIsNeverEnoughIsAllOfIt() throws Exception {
    var end =
        project.run(
            NUMBERS.replace("sleep 3000", "sleep 0.1")
                + "enough: { until: '[ \"$(wc -l < \"$in\")\" -ge 500 ]' }\n");
    assertThat(end.failure()).isNull();
    assertThat(project.events(RunEvent.StageEnough.class)).isEmpty();
    assertThat(project.read("all.txt")).isEqualTo(linesWithout(FragmentSet.EMPTY));
  }

  @Test
  void aLaterRunWithoutItComputesOnlyWhatIsMissing() throws Exception {
    var yaml = NUMBERS.replace("sleep 3000", "[ -e \"$go\" ] || sleep 3000");
    project.params.put("go", folder.resolve("go").toString());
    var params = "params: { go: x }\n";
    assertPartial(project.run(yaml + params + "enough: 12\n"), 12);
    var missing = enough().missing();

    // Again as it was: the result in its place is only a part, so the rest is tried again.
    project.file("go", "");
    var end = project.run(yaml + params);
    assertThat(end.failure()).isNull();
    assertThat(project.sent("numbers").minus(missing)).isEqualTo(FragmentSet.EMPTY);
    assertThat(project.sent("numbers").contains(3)).isTrue();
    assertThat(project.read("all.txt")).isEqualTo(linesWithout(FragmentSet.EMPTY));
  }

  @Test
  void aStageThatFollowsGoesWithoutWhatIsMissing() throws Exception {
    var end =
        project.run(
            """
            version: 1
            name: follows
            stages:
              make:
                split: { range: { from: 0, to: 20, step: 1, as: [n, size] } }
                run: |
                  [ "$n" -ne 3 ] || sleep 3000
                  echo "$n" > "$out"
                enough: 12
              double:
                from: make
                run: |
                  read -r n < "$in"; echo "$n $n" > "$out"
                merge: concat
                output: all.txt
            """);
    assertThat(end.failure()).isNull();
    var missing = enough().missing();
    var expected = new StringBuilder();
    for (var n = 0; n < 20; n++) {
      expected.append(missing.contains(n) ? "" : n + " " + n + "\n");
    }
    assertThat(project.read("all.txt")).isEqualTo(expected.toString());
  }
}
