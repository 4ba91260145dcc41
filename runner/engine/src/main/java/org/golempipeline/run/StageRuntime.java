package org.golempipeline.run;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.golempipeline.batch.BatchRecipe;
import org.golempipeline.batch.FragmentWork;
import org.golempipeline.batch.SharedFile;
import org.golempipeline.cache.ChangedInputException;
import org.golempipeline.cache.ContentKeys;
import org.golempipeline.cache.InputStamps;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.plan.ReductionTree;
import org.golempipeline.plan.StageFragments;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.plan.Warnings;
import org.golempipeline.run.StageMerge.ResultFile;
import org.golempipeline.spec.Command;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.Shell;
import org.golempipeline.strategy.SplitStrategy.InputShape;
import org.jspecify.annotations.Nullable;

/**
 * A stage while the run goes on: its fragments, what providers are sent for them, and its outputs.
 * Safe for use by several threads, but for the merge.
 */
final class StageRuntime {
  /** What stands in an argv for paths that only the provider knows. */
  private static final Map<String, String> MARKERS =
      Map.of(
          "in", FragmentWork.IN,
          "out", FragmentWork.OUT,
          "outdir", FragmentWork.OUTDIR,
          "tmp", FragmentWork.TMP);

  private final StagePlan plan;
  private final Map<String, String> values;
  private final StageFragments fragments;
  private final StageOutputs outputs = new StageOutputs();
  private final StageMerge merge;
  private final List<SharedFile> shared;
  private final Set<String> mentioned;
  private final @Nullable StageAnswers answers;
  private final ContentKeys keys;
  private final FragmentKeys fragmentKeys;
  private final @Nullable ReductionTree tree;
  private final InputStamps atStart = new InputStamps();

  private @Nullable String fingerprint;
  private @Nullable List<ResultFile> earlier;

  /**
   * @param inputs what the split was given
   * @param values params and values of earlier stages
   * @param shared what every provider gets
   * @param tree how the outputs of another stage are combined; null if they are not
   * @param followed stages whose fragments its own follow or combine
   * @param warnings gets what the merge tells the user of
   */
  StageRuntime(
      StagePlan plan,
      StageFragments fragments,
      List<InputFile> inputs,
      Map<String, String> values,
      List<SharedFile> shared,
      @Nullable ReductionTree tree,
      List<StageRuntime> followed,
      Shell shell,
      RunFolder folder,
      Reuse reuse,
      Warnings warnings)
      throws IOException {
    this.plan = plan;
    this.fragments = fragments;
    this.values = Map.copyOf(values);
    this.shared = List.copyOf(shared);
    this.mentioned = mentioned();
    this.tree = tree;
    var verify = plan.spec().verify();
    this.answers = verify == null ? null : new StageAnswers(verify.compare());
    this.keys = reuse.keys(this);
    this.fragmentKeys = new FragmentKeys(this, followed);
    this.merge = new StageMerge(this, inputs, values, shell, folder, warnings);
  }

  /** A fragment of the stage that is number {@code from} among those that are followed. */
  record Followed(int from, StageRuntime stage, int fragment) {}

  /** The one at {@code index} among all fragments of {@code stages}. */
  static Followed followed(List<StageRuntime> stages, int index) {
    var rest = index;
    for (var from = 0; from < stages.size(); from++) {
      var count = stages.get(from).fragments().count();
      if (rest < count) {
        return new Followed(from, stages.get(from), rest);
      }
      rest -= count;
    }
    throw new IndexOutOfBoundsException(index);
  }

  /** Of a stage that combines the outputs of another. */
  ReductionTree tree() {
    return Objects.requireNonNull(tree);
  }

  ContentKeys keys() {
    return keys;
  }

  /** What several machines left, if the stage does not take one's word for it. */
  Optional<StageAnswers> answers() {
    return Optional.ofNullable(answers);
  }

  /** Whether outputs count only when several machines agree on them. */
  boolean confirms() {
    var verify = plan.spec().verify();
    return verify != null && verify.copies() > 1;
  }

  /** Values of earlier stages and params. */
  Map<String, String> earlierValues() {
    return values;
  }

  /** The content keys of its fragments. */
  FragmentKeys fragmentKeys() {
    return fragmentKeys;
  }

  /** Names of inputs that other fragments are still to leave. */
  List<String> awaited() {
    var names = new ArrayList<String>();
    if (plan.flow() == StagePlan.Flow.FOLLOWING) {
      for (var index = 0; index < fragments.count(); index++) {
        if (!fragmentKeys.knows(index)) {
          fragments.get(index).origin().ifPresent(file -> names.add(file.path()));
        }
      }
    }
    return names;
  }

  /** What the system said of the input and the shared files before any was read. */
  InputStamps atStart() {
    return atStart;
  }

  /** The file to blame if the input of a fragment does not hold any more. */
  ChangedInputException changed(int index) {
    return changed(index, atStart.changed());
  }

  private ChangedInputException changed(int index, Set<Path> suspects) {
    var files = files(index);
    return new ChangedInputException(
        files.stream().filter(suspects::contains).findFirst().orElseGet(() -> files.get(0)));
  }

  /**
   * Fragments that were sent, or found in the cache, before a file changed, and others after that,
   * do not make one result.
   *
   * @throws ChangedInputException if what counts for the result is not what is there now
   */
  void requireUnchanged() throws IOException {
    var changed = earlier == null ? atStart.changed() : Set.<Path>of();
    if (changed.isEmpty()) {
      return;
    }
    keys.requireShared();
    for (var index = 0; index < fragments.count(); index++) {
      if (merge.counts(index)
          && files(index).stream().anyMatch(changed::contains)
          && !fragmentKeys.stillHolds(index)) {
        throw changed(index, changed);
      }
    }
  }

  private List<Path> files(int index) {
    return fragments.get(index).fragment().pieces().stream()
        .filter(Piece.Slice.class::isInstance)
        .map(piece -> ((Piece.Slice) piece).file())
        .filter(file -> file.remote() == null)
        .map(InputFile::file)
        .toList();
  }

  /** What {@code accept} names of a fragment. */
  Map<String, String> judged(int index) {
    var accept = plan.spec().accept();
    if (accept == null) {
      return Map.of();
    }
    var all = localVariables(index);
    all.keySet().retainAll(accept.mentioned(all.keySet()));
    return all;
  }

  /** What the result depends on, null if that is not known. */
  @Nullable String fingerprint() {
    return fingerprint;
  }

  /** The result, if an earlier run left it and nothing has changed since. */
  Optional<List<ResultFile>> earlier() {
    return Optional.ofNullable(earlier);
  }

  /**
   * Told before anybody else sees the stage.
   *
   * @param before the result as an earlier run left it
   */
  void recognise(@Nullable String key, @Nullable List<ResultFile> before) {
    fingerprint = key;
    earlier = before;
  }

  StagePlan plan() {
    return plan;
  }

  StageFragments fragments() {
    return fragments;
  }

  StageOutputs outputs() {
    return outputs;
  }

  /** Used by one thread at a time. */
  StageMerge merge() {
    return merge;
  }

  /** What the fragments have in common on a provider. */
  BatchRecipe recipe(Duration limit) {
    return recipe(limit, Set.of());
  }

  /**
   * @param withheld params whose values are not in it
   */
  BatchRecipe recipe(Duration limit, Set<String> withheld) {
    var spec = plan.spec();
    var setup = spec.setup();
    var given = new HashSet<>(values.keySet());
    given.removeAll(withheld);
    return new BatchRecipe(
        plan.number(),
        shared,
        setup == null ? null : setup.text(),
        setup == null ? Map.of() : pick(setup.mentioned(given)),
        spec.run() instanceof Command.Shell shell ? shell.text().text() : null,
        spec.out(),
        mentioned.contains("in"),
        mentioned.contains("tmp"),
        limit);
  }

  /** The fragments as a batch carries them, in the order of {@code indexes}. */
  List<FragmentWork> work(FragmentSet indexes) {
    var work = new ArrayList<FragmentWork>(indexes.size());
    indexes.forEach(index -> work.add(work(index)));
    return work;
  }

  FragmentWork work(int index) {
    return work(index, Set.of());
  }

  /**
   * @param withheld params whose values are not in it
   */
  FragmentWork work(int index, Set<String> withheld) {
    var fragment = fragments.get(index);
    var variables = new LinkedHashMap<String, String>();
    for (var name : mentioned) {
      var value = fragment.variables().get(name);
      if (value == null) {
        value = values.get(name);
      }
      if (value != null && !withheld.contains(name)) {
        variables.put(name, value);
      }
    }
    var pieces = fragment.fragment().pieces();
    var shape =
        pieces.isEmpty() && plan.shape() == InputShape.FILE && fragment.origin().isEmpty()
            ? InputShape.NONE
            : plan.shape();
    return new FragmentWork(
        pieces,
        shape,
        fragment.origin().map(InputFile::suffix).orElse(""),
        variables,
        plan.spec().run() instanceof Command.Argv argv
            ? words(argv, fragment.variables(), withheld)
            : List.of());
  }

  private List<String> words(
      Command.Argv argv, Map<String, String> variables, Set<String> withheld) {
    return argv.words().stream()
        .map(
            word ->
                word.resolve(
                    name -> {
                      if (withheld.contains(name)) {
                        return FragmentWork.variable(name);
                      }
                      var value = MARKERS.getOrDefault(name, variables.get(name));
                      return value == null ? values.getOrDefault(name, "") : value;
                    }))
        .toList();
  }

  /** The variables for shell text that judges one output on this machine. */
  Map<String, String> localVariables(int index) {
    var variables = new LinkedHashMap<>(values);
    variables.putAll(fragments.get(index).variables());
    return variables;
  }

  /** Names that the command mentions: what it does not mention cannot change its result. */
  private Set<String> mentioned() {
    var names = new HashSet<>(values.keySet());
    names.addAll(MARKERS.keySet());
    if (fragments.count() > 0) {
      names.addAll(fragments.get(0).variables().keySet());
    }
    if (plan.spec().run() instanceof Command.Shell shell) {
      return shell.text().mentioned(names);
    }
    var argv = (Command.Argv) plan.spec().run();
    var used = new HashSet<String>();
    argv.words().forEach(word -> used.addAll(word.names()));
    used.retainAll(MARKERS.keySet());
    return used;
  }

  private Map<String, String> pick(Set<String> names) {
    var picked = new LinkedHashMap<String, String>();
    names.forEach(name -> picked.put(name, Objects.requireNonNull(values.get(name))));
    return picked;
  }
}
