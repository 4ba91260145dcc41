package org.golempipeline.run;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.golempipeline.cache.ChangedInputException;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.RunEvent;
import org.golempipeline.golem.Rental;
import org.golempipeline.plan.InputClash;
import org.golempipeline.plan.LocalShell;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.ReductionTree;
import org.golempipeline.plan.StageExpander;
import org.golempipeline.plan.StageFragments;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.plan.TreeLayout;
import org.golempipeline.plan.Warnings;
import org.golempipeline.run.StageMerge.ResultFile;
import org.golempipeline.run.StageMerge.StageResult;
import org.golempipeline.schedule.Action;
import org.golempipeline.schedule.Message;
import org.golempipeline.spec.Secrets;
import org.golempipeline.spec.SharedFile;
import org.golempipeline.spec.StageName;
import org.golempipeline.spec.StageSpec;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.golempipeline.strategy.SplitStrategy.InputShape;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Does what the scheduler decided about stages: splits, looks for earlier results, sends scripts,
 * merges, publishes. All of it on a few threads of its own; answers are told as messages.
 */
final class Stages implements AutoCloseable {
  /** What is still computed or waited for then is a plugin's or the system's, and ends with us. */
  private static final Duration END_LIMIT = Duration.ofSeconds(3);

  private final Plan plan;
  private final Set<StageName> fresh;
  private final RunFolder folder;
  private final LocalShell shell;
  private final Consumer<Message> tell;
  private final StageExpander expander;
  private final Publisher publisher;
  private final Reuse reuse;
  private final Scripts scripts;
  private final ExecutorService threads;
  private final Map<Integer, StageRuntime> runtimes = new ConcurrentHashMap<>();
  private final Map<String, String> values = new ConcurrentHashMap<>();
  private final Map<Integer, StageResult> results = new ConcurrentHashMap<>();

  /** The last task of each stage's merge, and of its search: they follow one another. */
  private final Map<Integer, CompletableFuture<?>> merging = new ConcurrentHashMap<>();

  private final Map<Integer, CompletableFuture<?>> searching = new ConcurrentHashMap<>();

  /** Stages whose merge failed. */
  private final Set<Integer> unmergeable = ConcurrentHashMap.newKeySet();

  /** Stages of which it was said what changed since an earlier run. */
  private final Set<Integer> compared = ConcurrentHashMap.newKeySet();

  Stages(
      Plan plan,
      RunSettings settings,
      RunFolder folder,
      Reuse reuse,
      LocalShell shell,
      Consumer<Message> tell) {
    this.plan = plan;
    this.fresh = settings.fresh();
    this.folder = folder;
    this.reuse = reuse;
    this.shell = shell;
    this.tell = tell;
    this.expander = new StageExpander(plan.folder(), folder.work(), shell);
    this.publisher =
        new Publisher(
            plan.results(),
            plan.spec().name(),
            outputs(plan),
            settings.overwrite(),
            settings.allowOutside());
    this.threads =
        Executors.newFixedThreadPool(
            Math.max(2, Math.min(16, settings.workers())),
            task -> {
              var thread = new Thread(task, "stages");
              thread.setDaemon(true);
              return thread;
            });
    this.scripts =
        new Scripts(
            folder,
            reuse,
            new Judge(folder, shell),
            this::runtime,
            Secrets.of(plan.spec().params()),
            settings.target() == RunSettings.Target.LOCAL,
            threads,
            tell);
    values.putAll(plan.spec().values());
  }

  /** By stage, its {@code output} with the values of params. */
  private static Map<String, String> outputs(Plan plan) {
    var outputs = new HashMap<String, String>();
    for (var stage : plan.stages()) {
      if (stage.spec().output() != null) {
        outputs.put(
            stage.name().value(), stage.spec().output().with(plan.spec().values()).toString());
      }
    }
    return outputs;
  }

  String label(int stage, int fragment) {
    return runtime(stage).fragments().get(fragment).label();
  }

  /** Called by the run's thread, like all below; returns at once. */
  void perform(Action action) {
    if (action instanceof Action.Expand expand) {
      async(expand.stage(), () -> expand(expand.stage()));
    } else if (action instanceof Action.LookUp search) {
      after(searching, search.stage(), () -> lookUp(search));
    } else if (action instanceof Action.Adopt adopt) {
      scripts.adopt(adopt);
      if (runtime(adopt.stage()).answers().isPresent() && !adopt.fragments().isEmpty()) {
        after(merging, adopt.stage(), () -> keepAnswers(adopt));
      }
    } else if (action instanceof Action.Withdraw withdraw) {
      scripts.withdraw(withdraw);
    } else if (action instanceof Action.Limit limit) {
      scripts.limit(limit);
    } else if (action instanceof Action.Feed feed) {
      merge(feed.stage(), () -> runtime(feed.stage()).merge().feed(feed.done(), feed.missing()));
    } else if (action instanceof Action.AskUntil ask) {
      merge(ask.stage(), () -> askUntil(ask));
    } else if (action instanceof Action.FinishMerge finish) {
      merge(finish.stage(), () -> finishMerge(finish));
    } else if (action instanceof Action.Publish) {
      threads.execute(this::publish);
    } else {
      throw new AssertionError(action);
    }
  }

  void execute(Action.Execute execute, Rental rental) {
    scripts.execute(execute, rental);
  }

  void ban(String provider) {
    reuse.ban(provider);
    threads.execute(
        () -> {
          try {
            reuse.rememberBanned(provider);
          } catch (IOException e) {
            tell.accept(
                new Message.Noted(
                    new RunEvent.Warned(
                        "Could not write down that provider %s gave false results: %s."
                            .formatted(provider, Trouble.reason(e)))));
          }
        });
  }

  // ---- split

  private void expand(int number) throws IOException, StrategyException {
    var stage = plan.stages().get(number);
    var inputs = inputs(stage);
    var tree = stage.flow() == StagePlan.Flow.TREE ? tree(stage) : null;
    var fragments = fragments(stage, inputs, tree);
    for (var sentence : fragments.warnings()) {
      warn(stage, stage.split().name(), sentence, stage.fragments().isPresent());
    }
    var warnings = new Warnings(sentence -> warn(stage, stage.merge().name(), sentence, false));
    var runtime =
        new StageRuntime(
            stage,
            fragments,
            inputs,
            values(stage),
            shared(stage),
            tree,
            followed(stage),
            shell.within(stage.spec().timeouts()),
            folder,
            reuse,
            warnings);
    recognise(runtime, inputs);
    runtimes.put(number, runtime);
    tell.accept(
        new Message.Expanded(number, fragments.count(), tree == null ? List.of() : tree.groups()));
  }

  /** Stages whose fragments those of {@code stage} follow or combine. */
  List<StageRuntime> followed(StagePlan stage) {
    return stage.flow() == StagePlan.Flow.WHOLE
        ? List.of()
        : stage.spec().from().stream().map(from -> runtime(plan.stage(from).number())).toList();
  }

  /** Params and what it needs; which others are known by now is chance. */
  private Map<String, String> values(StagePlan stage) {
    var known = new HashMap<>(plan.spec().values());
    for (var needed : stage.spec().needs()) {
      var value = values.get(needed.value());
      if (value != null) {
        known.put(needed.value(), value);
      }
    }
    return known;
  }

  private void warn(StagePlan stage, String strategy, String sentence, boolean planned) {
    tell.accept(
        new Message.Noted(
            new RunEvent.StrategyWarned(stage.name().value(), strategy, sentence, planned)));
  }

  /**
   * Sees whether an earlier run left the result of a stage: in its place, if nobody needs what it
   * was made of, or in the cache, if it is one file that is not published. What it was made of is
   * only looked for when it is not there.
   */
  private void recognise(StageRuntime stage, List<InputFile> inputs) throws IOException {
    var upstream = new ArrayList<@Nullable String>();
    for (var from : stage.plan().spec().from()) {
      var read = plan.stage(from).number();
      upstream.add(
          stage.plan().flow() == StagePlan.Flow.WHOLE
              ? results.getOrDefault(read, StageResult.NONE).key()
              : runtime(read).fingerprint());
    }
    var print = reuse.fingerprint(stage, inputs, upstream);
    stage.recognise(
        print,
        print != null && reuse.knowsStages() && mayBeWhole(stage.plan())
            ? earlier(stage.plan(), print)
            : null);
    if (stage.earlier().isEmpty()) {
      for (var file : stage.plan().shared()) {
        if (file.file().remote() == null) {
          stage.atStart().add(file.file().file());
        }
      }
    }
  }

  /** Whether its result will do, so that nobody looks for its fragments. */
  private boolean mayBeWhole(StagePlan stage) {
    var only = plan.only();
    var single = only != null && only.fragment() != null && only.stage().equals(stage.name());
    return !single && !fresh.contains(stage.name());
  }

  private @Nullable List<ResultFile> earlier(StagePlan stage, String print) throws IOException {
    if (isKeptMerged(stage)) {
      return reuse.merged(print).map(List::of).orElse(null);
    }
    // Who reads what was collected reads the outputs themselves, which are not looked up then.
    var canBeRead =
        stage.merge().result() != Result.FILES
            || plan.stages().stream().noneMatch(each -> each.spec().needs().contains(stage.name()));
    return canBeRead && stage.spec().output() != null && stage.merge().result() != Result.FIRST
        ? publisher.unchanged(stage.name().value(), print)
        : null;
  }

  private static boolean isKeptMerged(StagePlan stage) {
    var result = stage.merge().result();
    return stage.spec().output() == null && (result == Result.FILE || result == Result.VALUE);
  }

  /** Nothing for a stage whose inputs come one by one. */
  private List<InputFile> inputs(StagePlan stage) {
    var inputs = new ArrayList<>(stage.inputs());
    if (stage.flow() == StagePlan.Flow.WHOLE) {
      for (var from : stage.spec().from()) {
        inputs.addAll(runtime(plan.stage(from).number()).merge().asInput());
      }
    }
    return inputs;
  }

  private StageFragments fragments(
      StagePlan stage, List<InputFile> inputs, @Nullable ReductionTree tree)
      throws IOException, StrategyException {
    if (tree != null) {
      return nodes(stage, tree.layout());
    }
    if (stage.flow() == StagePlan.Flow.FOLLOWING) {
      return following(stage);
    }
    if (stage.fragments().isPresent()) {
      return stage.fragments().get().sample(plan.mostFragments());
    }
    var fragments =
        expander.expand(stage.spec(), stage.split(), inputs, values).sample(plan.mostFragments());
    var clash =
        stage.shape() == InputShape.FOLDER ? fragments.clash() : Optional.<InputClash>empty();
    if (clash.isPresent()) {
      throw new StrategyException(
          clash.get().message(), InputClash.cure(makers(stage, clash.get())));
    }
    return fragments;
  }

  private List<StageSpec> makers(StagePlan stage, InputClash clash) {
    return stage.spec().from().stream()
        .map(from -> runtime(plan.stage(from).number()))
        .filter(
            each -> each.merge().asInput().stream().anyMatch(file -> clash.isAbout(file.path())))
        .map(each -> each.plan().spec())
        .toList();
  }

  private StageFragments following(StagePlan stage) {
    var upstream = followed(stage);
    var count = upstream.stream().mapToInt(each -> each.fragments().count()).sum();
    return StageExpander.oneByOne(
        stage.spec(),
        count,
        index -> {
          var followed = StageRuntime.followed(upstream, index);
          return followed.stage().merge().asInput(followed.fragment());
        });
  }

  /** Fragments whose results have the same path are combined by a tree of their own. */
  private ReductionTree tree(StagePlan stage) throws StrategyException {
    var leaves = runtime(plan.stage(stage.spec().from().get(0)).number()).fragments();
    return ReductionTree.of(stage, leaves, values);
  }

  private StageFragments nodes(StagePlan stage, TreeLayout layout) {
    var upstream = runtime(plan.stage(stage.spec().from().get(0)).number());
    return StageExpander.tree(
        layout,
        leaf -> upstream.merge().output(leaf),
        node -> runtime(stage.number()).merge().output(node));
  }

  private List<org.golempipeline.batch.SharedFile> shared(StagePlan stage)
      throws StrategyException {
    var files = new LinkedHashMap<String, InputFile>();
    stage.shared().forEach(each -> files.put(each.name(), each.file()));
    for (var each : stage.spec().files()) {
      if (each.origin() instanceof SharedFile.Origin.Stage from) {
        for (var file : runtime(plan.stage(from.stage()).number()).merge().asInput()) {
          var name = each.name() == null ? file.name() : each.name();
          if (files.put(name, file) != null) {
            throw new StrategyException(
                "`files` has one name, `%s`, for several files of stage `%s`."
                    .formatted(name, from.stage()),
                "Give `%s` a `merge` that makes one file of them.".formatted(from.stage()));
          }
        }
      }
    }
    return files.entrySet().stream()
        .map(
            each ->
                new org.golempipeline.batch.SharedFile(
                    each.getKey(), each.getValue(), isExecutable(each.getValue())))
        .toList();
  }

  /** Of what providers fetch nobody knows: {@code setup} can make it so. */
  private static boolean isExecutable(InputFile file) {
    return file.remote() == null && Files.isExecutable(file.file());
  }

  // ---- earlier results

  private void lookUp(Action.LookUp search) throws IOException {
    var stage = runtime(search.stage());
    var last =
        stage.plan().flow() == StagePlan.Flow.WHOLE
            ? search.fragments().contains(stage.fragments().count() - 1)
            : compared.add(search.stage());
    tell.accept(reuse.lookUp(stage, search.fragments(), last));
  }

  // ---- merge

  private void askUntil(Action.AskUntil ask)
      throws IOException, StrategyException, InterruptedException {
    var stage = runtime(ask.stage());
    var until = Objects.requireNonNull(stage.plan().spec().enough()).until();
    var soFar = stage.merge().soFar(ask.fragments());
    var enough = false;
    if (soFar.isPresent()) {
      var variables = new HashMap<>(values);
      variables.put("in", soFar.get().toString());
      var text = Objects.requireNonNull(until).text();
      var work = Files.createTempDirectory(folder.work(), "until-");
      var status =
          shell.within(stage.plan().spec().timeouts()).status("until", text, variables, work);
      enough = status.code() == 0;
      Files.delete(soFar.get());
    }
    tell.accept(new Message.UntilSaid(ask.stage(), enough));
  }

  private void finishMerge(Action.FinishMerge finish) throws IOException, StrategyException {
    var stage = runtime(finish.stage());
    var merge = stage.merge();
    var result = kept(stage, known(stage, merge.finish(finish.winner())));
    results.put(finish.stage(), result);
    String value = null;
    if (stage.plan().merge().result() == Result.VALUE) {
      value = merge.value();
      values.put(stage.plan().name().value(), value);
    }
    reuse.remember(stage, finish.failed());
    var bytes = result.files().stream().mapToLong(ResultFile::size).sum();
    tell.accept(new Message.Merged(finish.stage(), result.files().size(), bytes, value));
  }

  /** A tree combines the leaves that are there, and misses none. */
  private StageResult known(StageRuntime stage, StageResult result) {
    if (stage.plan().flow() != StagePlan.Flow.TREE || stage.earlier().isPresent()) {
      return result;
    }
    var leaves = runtime(plan.stage(stage.plan().spec().from().get(0)).number());
    for (var leaf = 0; leaf < leaves.fragments().count(); leaf++) {
      if (leaves.outputs().get(leaf).isEmpty()) {
        return new StageResult(result.files(), null);
      }
    }
    return result;
  }

  /** Keeps a merged file that is whole for later runs; it lies in the cache then. */
  private StageResult kept(StageRuntime stage, StageResult result) throws IOException {
    if (result.key() == null || stage.earlier().isPresent() || !isKeptMerged(stage.plan())) {
      return result;
    }
    var file = reuse.keepMerged(result.key(), result.files().get(0));
    stage.merge().moved(file);
    return new StageResult(List.of(file), result.key());
  }

  private void keepAnswers(Action.Adopt adopt) throws IOException {
    reuse.keepAnswers(runtime(adopt.stage()), adopt.batch(), adopt.fragments());
  }

  private void publish() {
    var files = new LinkedHashMap<String, StageResult>();
    for (var stage : plan.stages()) {
      if (plan.publishes(stage)) {
        files.put(stage.name().value(), results.getOrDefault(stage.number(), StageResult.NONE));
      }
    }
    try {
      for (var stage : new TreeMap<>(runtimes).values()) {
        stage.requireUnchanged();
      }
      var only = plan.only();
      var fragment = only == null ? null : only.fragment();
      if (only != null && fragment != null) {
        var target = runtime(plan.stage(only.stage()).number());
        tell.accept(new Message.Noted(SingleOutput.leave(folder, target, fragment)));
      }
      var publication = publisher.publish(files);
      if (publication.removed() != null) {
        tell.accept(new Message.Noted(publication.removed()));
      }
      if (publication.left() != null) {
        tell.accept(new Message.Noted(new RunEvent.Warned(publication.left())));
      }
      tell.accept(new Message.Published(publication.published()));
    } catch (StrategyException e) {
      tell.accept(new Message.PublishFailed(StageTrouble.of(e)));
    } catch (ChangedInputException e) {
      tell.accept(new Message.PublishFailed(reuse.failure(e)));
    } catch (IOException | RuntimeException e) {
      tell.accept(
          new Message.PublishFailed(
              unpublished(Trouble.reason(e, plan.folder()), Trouble.cure(e))));
    } catch (Error e) {
      tell.accept(new Message.PublishFailed(unpublished(e.toString(), null)));
      throw e;
    }
  }

  private static Failure unpublished(String reason, @Nullable String hint) {
    return new Failure(FailureKind.COMMAND, "Could not publish the result: " + reason + ".", hint);
  }

  // ---- threads

  /** Something that is done for a stage. */
  private interface Task {
    void run() throws IOException, StrategyException, InterruptedException;
  }

  private void after(Map<Integer, CompletableFuture<?>> last, int stage, Task task) {
    last.compute(
        stage,
        (number, before) ->
            (before == null ? CompletableFuture.completedFuture(null) : before)
                .thenRunAsync(() -> call(stage, task), threads));
  }

  /** Nothing follows a task of a merge that failed: what it had made until then is no result. */
  private void merge(int stage, Task task) {
    after(
        merging,
        stage,
        () -> {
          if (unmergeable.contains(stage)) {
            return;
          }
          try {
            task.run();
          } catch (Exception | Error e) {
            unmergeable.add(stage);
            throw e;
          }
        });
  }

  private void async(int stage, Task task) {
    threads.execute(() -> call(stage, task));
  }

  private void call(int stage, Task task) {
    try {
      task.run();
    } catch (ChangedInputException e) {
      tell.accept(new Message.StageBroken(stage, reuse.failure(e)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      tell.accept(new Message.StageBroken(stage, StageTrouble.of(name(stage), e, folder.root())));
    } catch (Error e) {
      // The run must hear of it, or it would wait for an answer for ever.
      tell.accept(new Message.StageBroken(stage, StageTrouble.of(name(stage), e)));
      throw e;
    }
  }

  private StageName name(int stage) {
    return plan.stages().get(stage).name();
  }

  StageRuntime runtime(int stage) {
    return Objects.requireNonNull(runtimes.get(stage));
  }

  @Override
  public void close() throws IOException {
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(END_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        LoggerFactory.getLogger(Stages.class).warn("something of this machine does not end");
        return; // what it uses cannot be closed
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (var runtime : runtimes.values()) {
      runtime.merge().close();
    }
    scripts.close();
  }
}
