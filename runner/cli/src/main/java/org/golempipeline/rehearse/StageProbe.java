package org.golempipeline.rehearse;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.golempipeline.batch.BatchRecipe;
import org.golempipeline.batch.FragmentWork;
import org.golempipeline.rehearse.Finding.Kind;
import org.golempipeline.run.PlannedFragment;
import org.golempipeline.spec.Comparison;
import org.golempipeline.spec.Secrets;

/**
 * Tries a few fragments of a stage one by one: alone on a fresh machine, a second time there, alone
 * on another machine, and among each other in both orders. What differs, and what is left behind,
 * are findings.
 */
final class StageProbe {
  /** Clocks must have moved on between two tries, by which commands tell the time in seconds. */
  private static final Duration APART = Duration.ofMillis(1100);

  private static final int MOST_FILES = 20_000;
  private static final int NAMED = 3;

  private final List<PlannedFragment> fragments;
  private final List<FragmentWork> works;
  private final BatchRecipe recipe;
  private final Comparison compare;
  private final Machines machines;
  private final Path folder;
  private final Predicate<String> watched;
  private final Clock clock;
  private final Secrets secrets;
  private final Map<Kind, Finding> findings = new LinkedHashMap<>();
  private final Map<Kind, BitSet> seenWith = new EnumMap<>(Kind.class);

  /** Where fresh machines come from. */
  interface Machines {
    ProbeMachine rent(BatchRecipe recipe) throws IOException, InterruptedException, ProbeException;
  }

  /**
   * @param fragments of one stage, at least one
   * @param secrets that no finding tells
   * @param folder the user's own
   * @param watched which paths in it are looked at
   */
  StageProbe(
      List<PlannedFragment> fragments,
      Secrets secrets,
      Machines machines,
      Path folder,
      Predicate<String> watched,
      Clock clock) {
    this.fragments = fragments;
    this.machines = machines;
    this.folder = folder;
    this.watched = watched;
    this.clock = clock;
    this.secrets = secrets;
    var first = fragments.get(0);
    this.recipe = first.recipe();
    this.works = fragments.stream().map(PlannedFragment::work).toList();
    var verify = first.stage().spec().verify();
    this.compare = verify == null ? Comparison.BYTES : verify.compare();
  }

  /** Does it all; to be called once. */
  List<Finding> findings() throws IOException, InterruptedException, ProbeException {
    var alone = new ArrayList<ProbeOutput>();
    var again = new ArrayList<ProbeOutput>();
    for (var i = 0; i < works.size(); i++) {
      tryAlone(i, alone, again);
    }
    var later = clock.instant().plus(APART);
    var inOrder = together(false);
    var reversed = together(true);
    ProbeMachine.pause(Duration.between(clock.instant(), later));
    for (var i = 0; i < works.size(); i++) {
      if (isSteady(i, alone.get(i))) {
        compareAgain(i, alone.get(i), again.get(i));
        compareTogether(i, i - 1, alone.get(i), inOrder);
        compareTogether(i, i + 1, alone.get(i), reversed);
      }
    }
    return List.copyOf(findings.values());
  }

  private ProbeMachine machine() throws IOException, InterruptedException, ProbeException {
    return machines.rent(recipe);
  }

  private void tryAlone(int number, List<ProbeOutput> alone, List<ProbeOutput> again)
      throws IOException, InterruptedException, ProbeException {
    var before = FolderState.of(folder, MOST_FILES, watched);
    try (var machine = machine()) {
      var output = machine.run(List.of(works.get(number))).get(0);
      alone.add(output);
      var left = machine.processes();
      if (!left.isEmpty()) {
        found(Kind.LEAVES_PROCESSES, number, "still running after its end: " + list(left, "`%s`"));
      }
      var changes = machine.changes();
      if (!changes.isEmpty()) {
        found(Kind.WRITES_OUTSIDE, number, list(changes, "%s"));
      }
      var yours = before.changes(FolderState.of(folder, MOST_FILES, watched));
      if (!yours.isEmpty()) {
        found(Kind.CHANGES_YOUR_FILES, number, list(yours, "%s"));
      }
      again.add(machine.run(List.of(works.get(number))).get(0));
    }
  }

  /** What the fragments leave one after the other on one machine, by fragment. */
  private List<ProbeOutput> together(boolean reversed)
      throws IOException, InterruptedException, ProbeException {
    if (works.size() < 2) {
      return List.of();
    }
    var order = new ArrayList<>(works);
    if (reversed) {
      Collections.reverse(order);
    }
    try (var machine = machine()) {
      var outputs = new ArrayList<>(machine.run(order));
      if (reversed) {
        Collections.reverse(outputs);
      }
      return outputs;
    }
  }

  /** Whether another machine comes to the same. */
  private boolean isSteady(int number, ProbeOutput alone)
      throws IOException, InterruptedException, ProbeException {
    try (var machine = machine()) {
      var output = machine.run(List.of(works.get(number))).get(0);
      if (output.same(alone, compare)) {
        return true;
      }
      found(
          Kind.NOT_DETERMINISTIC,
          number,
          "run twice, each time alone on a fresh machine: "
              + alone.difference(output, compare, secrets));
      return false;
    }
  }

  private void compareAgain(int number, ProbeOutput alone, ProbeOutput again) throws IOException {
    if (!again.same(alone, compare)) {
      found(
          Kind.NOT_IDEMPOTENT,
          number,
          "run twice in the same folder: " + alone.difference(again, compare, secrets));
    }
  }

  /**
   * @param before the fragment that ran just before it, if there is one of that number
   */
  private void compareTogether(
      int number, int before, ProbeOutput alone, List<ProbeOutput> together) throws IOException {
    if (!together.isEmpty() && !together.get(number).same(alone, compare)) {
      var place =
          before < 0 || before == works.size()
              ? "before the others"
              : "after " + fragments.get(before).label();
      found(
          Kind.NEEDS_NEIGHBOURS,
          number,
          "alone, then %s: %s"
              .formatted(place, alone.difference(together.get(number), compare, secrets)));
    }
  }

  /** The first fragment with it is shown, the others are counted. */
  private void found(Kind kind, int number, String seen) {
    var fragment = fragments.get(number);
    var seenBefore = seenWith.computeIfAbsent(kind, each -> new BitSet());
    if (seenBefore.get(number)) {
      return;
    }
    seenBefore.set(number);
    findings.merge(
        kind,
        new Finding(kind, fragment.stage().name().value(), fragment.label(), secrets.hide(seen), 0),
        (first, next) -> first.withOneMore());
  }

  private static String list(List<String> all, String form) {
    var text =
        String.join(", ", all.stream().limit(NAMED).map(each -> form.formatted(each)).toList());
    return all.size() > NAMED ? text + " and %d more".formatted(all.size() - NAMED) : text;
  }
}
