package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.plan.Plan;
import org.golempipeline.spec.StageName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs of a part of a pipeline. */
@Timeout(240)
class SelectionTest {
  private static final String PIPELINE =
      """
      version: 1
      name: parts
      stages:
        copy: { input: in/*, run: 'cp "$in" "$out"', output: copies/ }
        twice:
          from: copy
          matrix: { n: [1, 2] }
          run: 'sed "s/$/ $n/" "$in" > "$out"'
          output: twice/${stem}-${n}
        all: { from: twice, run: 'cat "$in" > "$out"', merge: concat, output: all.txt }
        size: { from: all, run: 'wc -l < "$in" | tr -d " " > "$out"', merge: value }
        aside: { input: in/a, run: 'cp "$in" "$out"', merge: concat, output: aside.txt }
        joined:
          from: copy
          run: 'cp "$in" "$out"'
          merge: { reduce: { fan_in: 2, run: 'cat "$in"/* > "$out"' } }
          output: joined.txt
      """;

  @TempDir Path folder;
  private Project project;

  @BeforeEach
  void open() {
    project = new Project(folder);
    project.reuse = true;
    for (var name : new String[] {"a", "b", "c", "d", "e"}) {
      project.file("in/" + name, name + "\n");
    }
  }

  private RunEvent.RunFinished run(@Nullable String stage, @Nullable Integer fragment)
      throws Exception {
    project.only = stage == null ? null : new Plan.Only(new StageName(stage), fragment);
    var end = project.run(PIPELINE);
    assertThat(project.openAgreements).isLessThanOrEqualTo(0);
    return end;
  }

  private void assertRan(@Nullable String stage, @Nullable Integer fragment) throws Exception {
    var end = run(stage, fragment);
    assertThat(end.failure()).isNull();
    assertThat(end.exitCode()).isZero();
    assertThat(end.fragmentsMissing()).isZero();
    assertThat(project.events(RunEvent.PartMade.class)).isEmpty();
  }

  private RunEvent.OutputLeft left() {
    assertThat(project.events(RunEvent.OutputPublished.class)).isEmpty();
    assertThat(project.events(RunEvent.OutputLeft.class)).hasSize(1);
    return project.events(RunEvent.OutputLeft.class).get(0);
  }

  private String read(String run, RunEvent.OutputLeft left) throws Exception {
    return project.read(".golem-pipeline/runs/" + run + "/" + left.path());
  }

  @Test
  void oneStageAndWhatItNeedsPublishesOnlyItsOwn() throws Exception {
    assertRan("twice", null);
    assertThat(project.tree("twice")).hasSize(10).containsEntry("c-2", "c 2\n");
    assertThat(project.tree("copies")).isEmpty();
    assertThat(project.read("all.txt")).isNull();
    assertThat(project.sent("aside").isEmpty()).isTrue();

    assertRan(null, null);
    assertThat(project.sent("copy").isEmpty()).isTrue();
    assertThat(project.sent("twice").isEmpty()).isTrue();
    assertThat(project.tree("copies")).hasSize(5);

    assertRan("aside", null);
    assertThat(project.tree("copies")).hasSize(5);
    assertThat(project.tree("twice")).hasSize(10);
    assertThat(project.read("all.txt")).hasSize(40);
    assertThat(project.read("aside.txt")).isEqualTo("a\n");
    assertThat(project.events(RunEvent.BatchStarted.class)).isEmpty();
  }

  @Test
  void aStageThatOthersReadIsMadeAndNotPublished() throws Exception {
    assertRan("size", null);
    assertThat(project.events(RunEvent.ValueFound.class))
        .containsExactly(new RunEvent.ValueFound("size", "10"));
    assertThat(project.read("all.txt")).isNull();
    assertThat(project.events(RunEvent.OutputPublished.class)).isEmpty();
  }

  @Test
  void aStageThatIsReducedIsItsTree() throws Exception {
    assertRan("joined", null);
    assertThat(project.read("joined.txt")).isEqualTo("a\nb\nc\nd\ne\n");
    assertThat(project.sent("twice").isEmpty()).isTrue();
  }

  @Test
  void oneFragment() throws Exception {
    assertRan("copy", 3);
    assertThat(project.sent("copy")).isEqualTo(FragmentSet.of(3));
    assertThat(left().fragment()).isEqualTo(3);
    assertThat(read("run-0", left())).isEqualTo("d\n");
    assertThat(project.tree("copies")).isEmpty();
    assertThat(project.events(RunEvent.MergeStarted.class)).isEmpty();

    assertRan(null, null);
    assertThat(project.sent("copy")).isEqualTo(FragmentSet.range(0, 5).minus(FragmentSet.of(3)));
    assertRan("copy", 3);
    assertThat(project.events(RunEvent.BatchStarted.class)).isEmpty();
    assertThat(read("run-2", left())).isEqualTo("d\n");
  }

  @Test
  void oneFragmentAndTheOneThatItFollows() throws Exception {
    assertRan("twice", 5);
    assertThat(project.sent("copy")).isEqualTo(FragmentSet.of(2));
    assertThat(project.sent("twice")).isEqualTo(FragmentSet.of(5));
    assertThat(read("run-0", left())).isEqualTo("c 2\n");
  }

  @Test
  void oneFragmentAndTheWholeOfWhatIsMerged() throws Exception {
    assertRan("size", 0);
    assertThat(project.sent("twice")).isEqualTo(FragmentSet.range(0, 10));
    assertThat(read("run-0", left())).isEqualTo("10\n");
    assertThat(project.events(RunEvent.ValueFound.class)).isEmpty();
  }

  @Test
  void oneNodeOfATreeAndTheLeavesBelowIt() throws Exception {
    // Nodes 0 to 2 combine the leaves, 3 and 4 those, 5 is the root.
    assertRan("joined.reduce", 3);
    assertThat(project.sent("copy")).isEqualTo(FragmentSet.range(0, 4));
    assertThat(project.sent("joined")).isEqualTo(FragmentSet.range(0, 4));
    assertThat(project.sent("joined.reduce")).isEqualTo(FragmentSet.of(0, 1, 3));
    assertThat(read("run-0", left())).isEqualTo("a\nb\nc\nd\n");
  }

  @Test
  void aFragmentThatIsNotThereFailsTheRun() throws Exception {
    var end = run("twice", 10);
    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(end.failure().message()).isEqualTo("Stage `twice` has no fragment 10.");
    assertThat(end.failure().hint()).isEqualTo("Its fragments are numbered from 0 to 9.");
  }

  @Test
  void aFragmentThatFailsFailsTheRunWhateverIsTolerated() throws Exception {
    project.only = new Plan.Only(new StageName("copy"), 1);
    var end =
        project.run(
            PIPELINE.replace(
                "run: 'cp \"$in\" \"$out\"', output: copies/",
                "run: exit 3, retry: { attempts: 1, keep_going: true }, output: copies/"));
    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(end.failure().message()).isEqualTo("No fragment of `copy` succeeded.");
  }

  @Test
  void aFreshStageIsComputedAndOthersAreNot() throws Exception {
    assertRan(null, null);
    project.fresh = Set.of(new StageName("twice"));
    assertRan(null, null);
    assertThat(project.sent("twice")).isEqualTo(FragmentSet.range(0, 10));
    assertThat(project.reused("twice").reasons()).containsExactly("asked for with --fresh");
    for (var other : new String[] {"copy", "all", "size", "aside", "joined", "joined.reduce"}) {
      assertThat(project.sent(other).isEmpty()).as(other).isTrue();
    }
    project.fresh = Set.of();
    assertRan(null, null);
    assertThat(project.events(RunEvent.BatchStarted.class)).isEmpty();
  }
}
