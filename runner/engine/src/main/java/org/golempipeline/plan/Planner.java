package org.golempipeline.plan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.spec.InputSource;
import org.golempipeline.spec.OutSpec;
import org.golempipeline.spec.PipelineSpec;
import org.golempipeline.spec.SharedFile;
import org.golempipeline.spec.StageName;
import org.golempipeline.spec.StageSpec;
import org.golempipeline.spec.Strategies;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a checked pipeline: finds its input, splits what can be split before the run, and finds
 * everything that would otherwise go wrong later. Reads files, writes none.
 */
public final class Planner {
  private final PipelineSpec spec;
  private final Strategies strategies;
  private final Path folder;
  private final StageExpander expander;
  private final List<Diagnostic> diagnostics = new ArrayList<>();
  private final InputFinder finder;
  private final Map<StageName, StagePlan> planned = new LinkedHashMap<>();
  private final OutputPlaces places = new OutputPlaces();
  private final Map<StageName, StageFragments> foreseen = new HashMap<>();

  private Planner(
      PipelineSpec spec, Strategies strategies, Path folder, Path work, LocalShell shell) {
    this.spec = spec;
    this.strategies = strategies;
    this.folder = folder;
    this.expander = new StageExpander(folder, work, shell);
    this.finder = new InputFinder(spec.source(), folder, diagnostics);
  }

  /** Whether a file or folder has that very name. */
  private static boolean isThere(InputSource source, Path folder) {
    var name =
        source instanceof InputSource.Literal literal
            ? literal.path()
            : source instanceof InputSource.Glob glob ? glob.pattern() : "";
    try {
      return Files.exists(folder.resolve(name));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** A warning for each input and shared file of {@code spec} that is not in {@code folder} now. */
  public static List<Diagnostic> missingInput(PipelineSpec spec, Path folder) {
    var found = new ArrayList<Diagnostic>();
    var finder = new InputFinder(spec.source(), folder, found);
    for (var stage : spec.stages()) {
      finder.find(stage.input());
      var shared = new ArrayList<InputSource>();
      for (var file : stage.files()) {
        if (file.origin() instanceof SharedFile.Origin.Local local
            && !isThere(local.source(), folder)) {
          shared.add(local.source());
        }
      }
      finder.find(shared);
    }
    return found.stream().distinct().map(Diagnostic::asWarning).toList();
  }

  /**
   * @param folder of the pipeline file
   * @param work where a {@code command} split leaves its files
   */
  public static Checked<Plan> plan(
      PipelineSpec written, Strategies strategies, Path folder, Path work, LocalShell shell) {
    var spec = Reductions.lower(written, strategies);
    var planner = new Planner(spec, strategies, folder, work, shell);
    for (var stage : spec.stages()) {
      planner.planned.put(stage.name(), planner.plan(stage));
    }
    planner.checkOutputsApart();
    return new Checked<>(
        new Plan(spec, folder, List.copyOf(planner.planned.values())), planner.diagnostics);
  }

  private StagePlan plan(StageSpec stage) {
    var split = strategies.split(stage.split().name()).orElseThrow();
    var merge = strategies.merge(stage.merge().name()).orElseThrow();
    var before = diagnostics.size();
    var inputs = finder.find(stage.input());
    var shared = shared(stage);
    var flow = flow(stage, split);
    var plan =
        new StagePlan(
            planned.size(),
            stage,
            split,
            merge,
            flow == StagePlan.Flow.TREE
                ? SplitStrategy.InputShape.FOLDER
                : split.inputShape(stage.split().options()),
            inputs,
            shared,
            flow,
            diagnostics.size() == before ? fragments(stage, split, inputs, flow) : null);
    var fragments = foreseen(plan);
    if (fragments != null) {
      foreseen.put(stage.name(), fragments);
      checkFolders(plan, fragments);
    }
    checkNames(plan, fragments);
    return plan;
  }

  /** Finds files that would have one place in the folder that a fragment reads. */
  private void checkFolders(StagePlan plan, StageFragments fragments) {
    if (plan.shape() == SplitStrategy.InputShape.FOLDER) {
      fragments.clash().ifPresent(clash -> report(plan.spec(), clash));
    }
  }

  private void report(StageSpec stage, InputClash clash) {
    if (stage.from().isEmpty()) {
      finder.error(
          PlanDiagnosticIds.FILES_SAME_NAME,
          rangeOf(clash.second(), stage),
          "Two files of a fragment would both be called `%s` on the provider."
              .formatted(clash.second().path()),
          InputClash.cure(List.of()));
      return;
    }
    var makers = new ArrayList<StageSpec>();
    for (var from : stage.from()) {
      if (promises().of(from).orElseThrow().stream().anyMatch(clash::isAbout)) {
        makers.add(java.util.Objects.requireNonNull(planned.get(from)).spec());
      }
    }
    finder.error(
        PlanDiagnosticIds.FILES_SAME_NAME,
        stage.split().range(),
        clash.message(),
        InputClash.cure(makers));
  }

  private Promises promises() {
    return new Promises(planned, foreseen, spec.values());
  }

  /**
   * The fragments of a stage as far as they and what they are called are known before the run. Of
   * files that earlier stages will make only the names are.
   */
  private @Nullable StageFragments foreseen(StagePlan plan) {
    var stage = plan.spec();
    if (stage.from().isEmpty()) {
      return plan.known();
    }
    if (plan.flow() == StagePlan.Flow.TREE) {
      return null;
    }
    var inputs = new ArrayList<InputFile>();
    for (var from : stage.from()) {
      var names = promises().of(from);
      if (names.isEmpty()) {
        return null;
      }
      names.get().forEach(name -> inputs.add(new InputFile(Path.of(""), 0, 0, name)));
    }
    if (plan.flow() == StagePlan.Flow.FOLLOWING) {
      return plan.known();
    }
    try {
      return looksAtNamesOnly(stage)
          ? expander.expand(stage, plan.split(), inputs, spec.values())
          : null;
    } catch (StrategyException | IOException e) {
      return null; // said when the files are there
    }
  }

  private static boolean looksAtNamesOnly(StageSpec stage) {
    var name = stage.split().name();
    return stage.split().openNames().isEmpty()
        && (name.equals("none")
            || name.equals("files") && !stage.split().options().at("size").isPresent());
  }

  private static Range rangeOf(InputFile file, StageSpec stage) {
    for (var source : stage.input()) {
      if (source instanceof InputSource.Remote remote && InputFinder.remote(remote).equals(file)) {
        return source.range();
      }
    }
    return stage.input().get(0).range();
  }

  private List<StagePlan.Shared> shared(StageSpec stage) {
    var files = new ArrayList<StagePlan.Shared>();
    var names = new HashMap<String, Object>();
    var excluded = new ArrayList<InputSource>();
    for (var file : stage.files()) {
      if (file.origin() instanceof SharedFile.Origin.Local local
          && local.source() instanceof InputSource.Glob glob
          && glob.exclude()) {
        excluded.add(glob);
      }
    }
    for (var file : stage.files()) {
      if (file.origin() instanceof SharedFile.Origin.Local local
          && !excluded.contains(local.source())) {
        for (var found : sharedFiles(local.source(), excluded)) {
          var name = named(file, found);
          var origin = found.remote() == null ? found.file() : found.remote();
          var previous = names.put(name, origin);
          if (previous != null && !previous.equals(origin)) {
            finder.error(
                PlanDiagnosticIds.FILES_SAME_NAME,
                file.range(),
                "Two files would both be called `%s` on the provider.".formatted(name),
                "Give one another name with `files: { other-name: path }`.");
          }
          files.add(new StagePlan.Shared(name, found));
        }
      }
    }
    return files;
  }

  /** A folder stands for all the files in it. */
  private List<InputFile> sharedFiles(InputSource source, List<InputSource> excluded) {
    var path =
        source instanceof InputSource.Glob glob
            ? glob.pattern()
            : source instanceof InputSource.Literal literal ? literal.path() : "";
    if (!path.isEmpty() && Files.isDirectory(folder.resolve(path))) {
      var all = new ArrayList<>(excluded);
      all.add(0, new InputSource.Glob(path + "/**", false, source.range()));
      var name = folder.resolve(path).normalize().getFileName().toString();
      return finder.find(all).stream()
          .map(file -> file.withPath(name + "/" + file.path()))
          .toList();
    }
    var all = new ArrayList<>(excluded);
    all.add(0, source);
    return finder.find(all).stream().map(file -> file.withPath(file.name())).toList();
  }

  private static String named(SharedFile file, InputFile found) {
    if (file.name() == null) {
      return found.path();
    }
    var slash = found.path().indexOf('/');
    return slash < 0 ? file.name() : file.name() + found.path().substring(slash);
  }

  private StagePlan.Flow flow(StageSpec stage, SplitStrategy split) {
    if (Reductions.isTree(stage, strategies)) {
      return StagePlan.Flow.TREE;
    }
    var oneEach =
        !stage.from().isEmpty()
            && split.name().equals("files")
            && !stage.split().options().isPresent()
            && stage.from().stream().allMatch(this::passesOn);
    var nothingElse = new HashSet<>(stage.from()).equals(new HashSet<>(stage.needs()));
    return oneEach && nothingElse ? StagePlan.Flow.FOLLOWING : StagePlan.Flow.WHOLE;
  }

  private boolean passesOn(StageName name) {
    var upstream = planned.get(name);
    return upstream != null
        && upstream.merge().result() == Result.FILES
        && upstream.oneOutputEach();
  }

  private @Nullable StageFragments fragments(
      StageSpec stage, SplitStrategy split, List<InputFile> inputs, StagePlan.Flow flow) {
    if (flow == StagePlan.Flow.FOLLOWING) {
      return streamed(stage);
    }
    if (!stage.from().isEmpty() || !stage.split().openNames().isEmpty()) {
      return null;
    }
    try {
      var fragments = expander.expand(stage, split, inputs, spec.values());
      fragments.warnings().forEach(sentence -> warn(stage, sentence));
      return fragments;
    } catch (StrategyException e) {
      diagnostics.add(
          Diagnostic.error(
              PlanDiagnosticIds.SPLIT_REFUSED,
              spec.source(),
              stage.split().range(),
              e.getMessage(),
              e.hint().orElse(null)));
    } catch (IOException e) {
      finder.error(
          PlanDiagnosticIds.INPUT_UNREADABLE,
          stage.split().range(),
          "Could not read the input: " + Trouble.reason(e) + ".",
          "Check that the file is still there and readable.");
    }
    return null;
  }

  private void warn(StageSpec stage, String sentence) {
    diagnostics.add(
        Diagnostic.warning(
            PlanDiagnosticIds.SPLIT_WARNED, spec.source(), stage.split().range(), sentence, null));
  }

  /**
   * The fragments of a stage that follows another one by one: known by number, their files stand
   * for outputs that do not exist yet.
   */
  private @Nullable StageFragments streamed(StageSpec stage) {
    var count = 0;
    for (var from : stage.from()) {
      var upstream = planned.get(from);
      if (upstream == null || upstream.known() == null) {
        return null;
      }
      count += upstream.known().count();
    }
    return StageExpander.oneByOne(stage, count, index -> promised(stage, index));
  }

  private InputFile promised(StageSpec stage, int index) {
    var rest = index;
    for (var from : stage.from()) {
      var upstream = java.util.Objects.requireNonNull(planned.get(from));
      var fragments = java.util.Objects.requireNonNull(upstream.known());
      if (rest < fragments.count()) {
        var name =
            new OutputNames(upstream.spec(), spec.values()).downstream(fragments.get(rest), "");
        return new InputFile(Path.of(""), 0, 0, name);
      }
      rest -= fragments.count();
    }
    throw new IndexOutOfBoundsException(index);
  }

  /** Finds outputs that would overwrite each other, as far as they are known. */
  private void checkNames(StagePlan plan, @Nullable StageFragments fragments) {
    var range = plan.spec().outputRange();
    if (range == null) {
      return;
    }
    var names = new OutputNames(plan.spec(), spec.values());
    try {
      if (!clashes(plan, names, fragments, range)) {
        takePlaces(plan, names.files(fragments), range);
      }
    } catch (StrategyException e) {
      finder.error(PlanDiagnosticIds.OUTPUT_BAD_PATH, range, e.getMessage(), e.hint().orElse(""));
    }
  }

  /** Says if two fragments of a stage that combines nothing have one place. */
  private boolean clashes(
      StagePlan plan, OutputNames names, @Nullable StageFragments fragments, Range range)
      throws StrategyException {
    if (fragments == null
        || plan.merge().result() != Result.FILES
        || !names.areKnown(fragments)
        || fragments.count() > OutputNames.MOST_IN_ADVANCE
        || plan.spec().out() instanceof OutSpec.Many) {
      return false;
    }
    var seen = new HashMap<String, Integer>();
    for (var i = 0; i < fragments.count(); i++) {
      var file = names.place(fragments.get(i), "");
      var other = seen.putIfAbsent(file, i);
      if (other != null) {
        finder.error(
            DiagnosticIds.OUTPUT_SAME_NAME,
            range,
            "Fragments %d and %d would both be written to `%s`.".formatted(other, i, file),
            names.cure());
        return true;
      }
    }
    return false;
  }

  private void takePlaces(StagePlan plan, Set<String> files, Range range) {
    if (plan.merge().result() == Result.FIRST && files.size() > 1) {
      // Only one of them will be there.
      return;
    }
    try {
      for (var file : files) {
        places.take(plan.name().value(), file);
      }
    } catch (StrategyException e) {
      finder.error(DiagnosticIds.OUTPUT_SAME_NAME, range, e.getMessage(), e.hint().orElse(""));
    }
  }

  /** An output that is an input as well would change what the next run computes. */
  private void checkOutputsApart() {
    var patterns = PathUse.inputs(spec);
    for (var plan : planned.values()) {
      var range = plan.spec().outputRange();
      if (range != null && plan.known() != null) {
        checkApart(plan, plan.known(), range, patterns);
      }
    }
  }

  private void checkApart(
      StagePlan plan, StageFragments fragments, Range range, List<PathPattern> patterns) {
    var names = new OutputNames(plan.spec(), spec.values());
    var collects = plan.merge().result() == Result.FILES && names.intoFolder();
    var each = collects || !names.samePathForAll();
    var checked =
        each
            ? Math.min(fragments.count(), OutputNames.MOST_IN_ADVANCE)
            : Math.min(1, fragments.count());
    for (var i = 0; i < checked; i++) {
      try {
        var path = names.path(fragments.get(i));
        var file =
            collects && !(plan.spec().out() instanceof OutSpec.Many)
                ? names.file(fragments.get(i), "")
                : path;
        if (patterns.stream().anyMatch(pattern -> pattern.matches(file))) {
          finder.error(
              PlanDiagnosticIds.OUTPUT_IS_INPUT,
              range,
              "The output `%s` would be an input of the next run.".formatted(file),
              "Write it to another folder, or exclude it with a `!` pattern in `input`.");
          return;
        }
      } catch (StrategyException e) {
        return;
      }
    }
  }
}
