package org.golempipeline.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.golempipeline.batch.BatchPlace;
import org.golempipeline.batch.BatchScript;
import org.golempipeline.batch.ReturnLimits;
import org.golempipeline.batch.ReturnedBatch;
import org.golempipeline.batch.ReturnedFragment;
import org.golempipeline.batch.ReturnedFragment.Ending;
import org.golempipeline.batch.SourceFiles;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.golem.Rental;
import org.golempipeline.golem.Script;
import org.golempipeline.golem.ScriptOutcome;
import org.golempipeline.plan.LocalShell;
import org.golempipeline.plan.OutputNames;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.StageExpander;
import org.golempipeline.plan.StageFragments;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.spec.OutSpec;
import org.golempipeline.spec.SharedFile;
import org.golempipeline.spec.Timeouts;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.MergeStrategy.Result;
import org.golempipeline.strategy.SplitStrategy.InputShape;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * Does what the scheduler decided about stages: splits, prepares scripts, takes in what they
 * return, merges, publishes. All of it on a few threads of its own; answers are told as messages.
 */
final class Stages implements AutoCloseable {
  private static final Duration END_LIMIT = Duration.ofSeconds(10);

  /** Above so many fragments the names of outputs are not all made in advance. */
  private static final int CHECKED_BEFORE = 200_000;

  /** What a provider may send back for one script: more than any honest one will. */
  private static final ReturnLimits LIMITS = new ReturnLimits(1L << 40, 1_000_000);

  private final Plan plan;
  private final RunSettings settings;
  private final RunFolder folder;
  private final LocalShell shell;
  private final Consumer<Message> tell;
  private final StageExpander expander;
  private final Publisher publisher;
  private final ExecutorService threads;
  private final SourceFiles sources = new SourceFiles();
  private final Map<Integer, StageRuntime> runtimes = new ConcurrentHashMap<>();
  private final Map<String, String> values = new ConcurrentHashMap<>();
  private final Map<Integer, List<StageMerge.ResultFile>> results = new ConcurrentHashMap<>();

  /** The last task of each stage's merge: they follow one another. */
  private final Map<Integer, CompletableFuture<?>> merging = new ConcurrentHashMap<>();

  Stages(
      Plan plan, RunSettings settings, RunFolder folder, LocalShell shell, Consumer<Message> tell) {
    this.plan = plan;
    this.settings = settings;
    this.folder = folder;
    this.shell = shell;
    this.tell = tell;
    this.expander = new StageExpander(plan.folder(), folder.work(), shell);
    this.publisher = new Publisher(plan.folder(), plan.spec().name(), settings.overwrite());
    this.threads =
        Executors.newFixedThreadPool(
            Math.max(2, Math.min(16, settings.workers())),
            task -> {
              var thread = new Thread(task, "stages");
              thread.setDaemon(true);
              return thread;
            });
    plan.spec().params().forEach((name, value) -> values.put(name, value.value()));
  }

  String label(int stage, int fragment) {
    return runtime(stage).fragments().get(fragment).label();
  }

  /**
   * Refuses, before anything is spent, results that would replace what is not ours. What is only
   * known later is checked again before it is published.
   */
  void checkOutputs() throws IOException, StagesException {
    var paths = new TreeSet<String>();
    try {
      for (var stage : plan.stages()) {
        addOutputs(stage, paths);
      }
      publisher.check(paths);
    } catch (StrategyException e) {
      throw StagesException.of(e);
    }
  }

  private void addOutputs(StagePlan stage, Set<String> paths) throws StrategyException {
    var names = new OutputNames(stage.spec(), values);
    var fragments = stage.known();
    if (stage.spec().output() == null || stage.spec().out() instanceof OutSpec.Many) {
      return;
    }
    if (!names.intoFolder() && stage.spec().output().names().isEmpty()) {
      paths.add(stage.spec().output().resolve(name -> name));
    } else if (fragments != null && fragments.count() <= CHECKED_BEFORE) {
      for (var i = 0; i < fragments.count(); i++) {
        var path = names.path(fragments.get(i));
        paths.add(path.endsWith("/") ? path + names.collected(fragments.get(i), "") : path);
      }
    }
  }

  // ---- split

  void expand(int number) {
    var stage = plan.stages().get(number);
    async(
        number,
        () -> {
          var inputs = inputs(stage);
          var fragments = fragments(stage, inputs);
          runtimes.put(
              number,
              new StageRuntime(stage, fragments, inputs, values, shared(stage), shell, folder));
          tell.accept(new Message.Expanded(number, fragments.count()));
          return null;
        });
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

  private StageFragments fragments(StagePlan stage, List<InputFile> inputs)
      throws IOException, StrategyException {
    if (stage.flow() == StagePlan.Flow.FRAGMENT_BY_FRAGMENT) {
      return following(stage);
    }
    if (stage.fragments().isPresent()) {
      return stage.fragments().get();
    }
    Files.createDirectories(folder.work().resolve("split-" + stage.name()));
    var fragments = expander.expand(stage.spec(), stage.split(), inputs, values);
    var clash =
        stage.shape() == InputShape.FOLDER ? fragments.clash() : Optional.<InputFile>empty();
    if (clash.isPresent()) {
      throw new StrategyException(
          "Two inputs are called `%s`, and both belong into the folder `$in`."
              .formatted(clash.get().path()),
          "Give the stage that made them an `output` with a variable that tells them apart, or a"
              + " `merge` that combines them.");
    }
    return fragments;
  }

  private StageFragments following(StagePlan stage) {
    var upstream =
        stage.spec().from().stream().map(from -> runtime(plan.stage(from).number())).toList();
    var count = upstream.stream().mapToInt(each -> each.fragments().count()).sum();
    return StageExpander.oneByOne(
        stage.spec(),
        count,
        index -> {
          var rest = index;
          for (var each : upstream) {
            if (rest < each.fragments().count()) {
              return each.merge().asInput(rest);
            }
            rest -= each.fragments().count();
          }
          throw new IndexOutOfBoundsException(index);
        });
  }

  private List<org.golempipeline.batch.SharedFile> shared(StagePlan stage) {
    var files = new LinkedHashMap<String, InputFile>();
    stage.shared().forEach(each -> files.put(each.name(), each.file()));
    for (var each : stage.spec().files()) {
      if (each.origin() instanceof SharedFile.Origin.Stage from) {
        for (var file : runtime(plan.stage(from.stage()).number()).merge().asInput()) {
          files.put(each.name() == null ? file.name() : each.name(), file);
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

  // ---- scripts

  void execute(Action.Execute execute, Rental rental) {
    threads.execute(
        () -> {
          try {
            send(execute, rental);
          } catch (IOException | RuntimeException e) {
            brokenHere(execute, e);
          }
        });
  }

  private void send(Action.Execute execute, Rental rental) throws IOException {
    var stage = runtime(execute.stage());
    var script =
        BatchScript.of(
            stage.recipe(execute.fragmentLimit()),
            stage.work(execute.fragments()),
            new BatchPlace(execute.batch(), rental.folder(), execute.prepare()),
            sources,
            folder.returned().resolve(execute.batch() + ".tar"),
            LIMITS);
    rental
        .execute(
            new Script(
                script.commands(),
                execute.scriptLimit(),
                idleLimit(stage.plan().spec().timeouts(), script.commands()),
                line -> {}))
        .whenCompleteAsync(
            (outcome, thrown) -> received(execute, stage, script, outcome, thrown), threads);
  }

  /** While a provider fetches from the web there is no sign of life. */
  private static Duration idleLimit(Timeouts timeouts, List<Script.Command> commands) {
    var fetches = commands.stream().anyMatch(Script.Fetch.class::isInstance);
    return fetches && timeouts.transfer().compareTo(timeouts.idle()) > 0
        ? timeouts.transfer()
        : timeouts.idle();
  }

  private void received(
      Action.Execute execute,
      StageRuntime stage,
      BatchScript script,
      @Nullable ScriptOutcome outcome,
      @Nullable Throwable thrown) {
    try (var returned = script.returned()) {
      if (outcome == null) {
        broken(execute, Objects.requireNonNull(thrown));
      } else if (!outcome.ok()) {
        tell.accept(new Message.BatchBroken(execute.batch(), failureOf(script, outcome)));
      } else {
        tell.accept(take(execute, stage, returned, sent(script)));
      }
    } catch (IOException | RuntimeException e) {
      brokenHere(execute, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      broken(execute, e);
    }
  }

  /** Trouble on this machine, which no other provider would mend. */
  private void brokenHere(Action.Execute execute, Exception thrown) {
    var failure = about(execute.stage(), String.valueOf(thrown.getMessage()), null);
    tell.accept(new Message.StageBroken(execute.stage(), failure));
    tell.accept(new Message.BatchBroken(execute.batch(), failure));
  }

  private void broken(Action.Execute execute, Throwable thrown) {
    tell.accept(new Message.BatchBroken(execute.batch(), GolemEvents.toFailure(thrown)));
  }

  private static Failure failureOf(BatchScript script, ScriptOutcome outcome) {
    var last = outcome.results().size() - 1;
    var failed = outcome.results().get(last);
    var said = failed.stderr() == null ? "" : failed.stderr().strip();
    var message = failed.message() == null ? "no reason given" : failed.message();
    if (script.commands().get(last) instanceof Script.Fetch fetch) {
      return new Failure(
          FailureKind.PROVIDER,
          "The provider could not fetch `%s`: %s.".formatted(fetch.url(), message),
          "Check `url` and `hash`: the hash is the SHA3-224 of what is there now, and the server must answer HEAD as well as GET.");
    }
    return Failure.of(
        FailureKind.PROVIDER,
        "The provider could not execute a script: %s%s."
            .formatted(message, said.isEmpty() ? "" : " (" + said + ")"));
  }

  private Message take(
      Action.Execute execute, StageRuntime stage, ReturnedBatch returned, long sent)
      throws IOException, InterruptedException {
    var done = new ArrayList<Integer>();
    var winners = new ArrayList<Integer>();
    var failed = new ArrayList<RunEvent.AttemptFailure>();
    var indexes = execute.fragments().toArray();
    var pack = pack(execute);
    var received = 0L;
    var results = returned.fragments();
    for (var i = 0; i < indexes.length; i++) {
      var index = indexes[i];
      var result = results.get(i);
      var parts = parts(stage, result, pack);
      received += parts.stream().mapToLong(StageOutputs.Part::size).sum();
      var failure = judge(stage, index, result, parts);
      if (failure == null) {
        stage.outputs().put(index, parts);
        done.add(index);
        if (parts.stream().anyMatch(part -> part.size() > 0)) {
          winners.add(index);
        }
      } else {
        failed.add(
            new RunEvent.AttemptFailure(
                index,
                failure,
                exitCode(result),
                keepLog(stage, index, execute.batch(), result.log(), pack)));
      }
    }
    return new Message.BatchReturned(
        execute.batch(), FragmentSet.of(done), FragmentSet.of(winners), failed, sent, received);
  }

  private static long sent(BatchScript script) {
    return script.commands().stream()
        .mapToLong(command -> command instanceof Script.Upload up ? up.source().size() : 0)
        .sum();
  }

  private Path pack(Action.Execute execute) {
    return folder.returned().resolve(execute.batch() + ".tar");
  }

  private static @Nullable Integer exitCode(ReturnedFragment result) {
    return result.ending() == Ending.EXITED || result.ending() == Ending.SETUP_FAILED
        ? result.status()
        : null;
  }

  /** What is wrong with a fragment, or null if it is done. */
  private @Nullable Failure judge(
      StageRuntime stage, int index, ReturnedFragment result, List<StageOutputs.Part> parts)
      throws IOException, InterruptedException {
    var ended = ended(stage, result);
    if (ended != null) {
      return ended;
    }
    var first = stage.plan().merge().result() == Result.FIRST;
    if (parts.isEmpty()) {
      return first
          ? null
          : new Failure(
              FailureKind.COMMAND,
              "It succeeded but left no output.",
              stage.plan().spec().out() instanceof OutSpec.Many many
                  ? "Write files to \"$outdir\" whose names match `%s`.".formatted(many.glob())
                  : "Write the result to \"$out\".");
    }
    var accept = stage.plan().spec().accept();
    if (accept == null || first && parts.get(0).size() == 0) {
      return null;
    }
    return accepted(stage, index, parts, accept.text());
  }

  private static @Nullable Failure ended(StageRuntime stage, ReturnedFragment result) {
    return switch (result.ending()) {
      case EXITED ->
          result.status() == 0
              ? null
              : new Failure(FailureKind.COMMAND, ExitStatus.say(result.status()), null);
      case SETUP_FAILED ->
          Failure.of(
              FailureKind.COMMAND, "`setup` did not do well: " + ExitStatus.say(result.status()));
      case TIMED_OUT ->
          new Failure(
              FailureKind.DEADLINE,
              "It took longer than `timeout.run`, which is %s."
                  .formatted(ExitStatus.say(stage.plan().spec().timeouts().run())),
              "Raise `timeout: { run: … }`, or make the fragments smaller.");
      case UNUSABLE -> Failure.of(FailureKind.COMMAND, result.problem());
      case UNKNOWN -> Failure.of(FailureKind.PROVIDER, "The provider does not say how it ended.");
    };
  }

  private @Nullable Failure accepted(
      StageRuntime stage, int index, List<StageOutputs.Part> parts, String accept)
      throws IOException, InterruptedException {
    var work = Files.createTempDirectory(folder.work(), "accept-");
    try (var reader = new ArchiveReader()) {
      for (var part : parts) {
        var file = Files.createTempFile(work, "in-", null);
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          reader.copy(part.archive(), part.offset(), part.size(), channel);
        }
        var variables = stage.localVariables(index);
        variables.put("in", file.toString());
        var status = shell.status("accept", accept, variables, work);
        if (status.code() != 0) {
          return Failure.of(
              FailureKind.COMMAND,
              "`accept` rejected its output: it exited with %d%s"
                  .formatted(status.code(), status.said()));
        }
      }
      return null;
    } catch (StrategyException e) {
      return new Failure(FailureKind.COMMAND, e.getMessage(), e.hint().orElse(null));
    } finally {
      org.apache.commons.io.FileUtils.deleteDirectory(work.toFile());
    }
  }

  private static List<StageOutputs.Part> parts(
      StageRuntime stage, ReturnedFragment result, Path pack) {
    var several = stage.plan().spec().out() instanceof OutSpec.Many;
    return result.outputs().stream()
        .map(
            output ->
                new StageOutputs.Part(
                    several ? output.name() : "",
                    pack,
                    output.extent().offset(),
                    output.extent().size()))
        .toList();
  }

  private @Nullable String keepLog(
      StageRuntime stage, int index, int batch, ReturnedFragment.@Nullable Extent log, Path pack)
      throws IOException {
    if (log == null) {
      return null;
    }
    var name = folder.log(stage.plan().name().value(), index, batch);
    var file = folder.root().resolve(name);
    Files.createDirectories(file.getParent());
    try (var reader = new ArchiveReader();
        var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      reader.copy(pack, log.offset(), log.size(), channel);
    }
    return name;
  }

  // ---- merge

  void feed(Action.Feed feed) {
    afterMerging(
        feed.stage(),
        () -> {
          runtime(feed.stage()).merge().feed(feed.done(), feed.missing());
          return null;
        });
  }

  void finishMerge(Action.FinishMerge finish) {
    afterMerging(
        finish.stage(),
        () -> {
          var merge = runtime(finish.stage()).merge();
          var files = merge.finish(finish.winner());
          results.put(finish.stage(), files);
          String value = null;
          if (plan.stages().get(finish.stage()).merge().result() == Result.VALUE) {
            value = merge.value();
            values.put(plan.stages().get(finish.stage()).name().value(), value);
          }
          var bytes = files.stream().mapToLong(StageMerge.ResultFile::size).sum();
          tell.accept(new Message.Merged(finish.stage(), files.size(), bytes, value));
          return null;
        });
  }

  void publish() {
    threads.execute(
        () -> {
          var files = new LinkedHashMap<String, List<StageMerge.ResultFile>>();
          for (var stage : plan.stages()) {
            if (stage.spec().output() != null) {
              files.put(stage.name().value(), results.getOrDefault(stage.number(), List.of()));
            }
          }
          try {
            tell.accept(new Message.Published(publisher.publish(files)));
          } catch (StrategyException e) {
            tell.accept(new Message.PublishFailed(StagesException.of(e).failure()));
          } catch (IOException e) {
            tell.accept(
                new Message.PublishFailed(
                    Failure.of(
                        FailureKind.COMMAND,
                        "Could not publish the result: " + e.getMessage() + ".")));
          }
        });
  }

  private void afterMerging(int stage, Callable<@Nullable Void> task) {
    merging.compute(
        stage,
        (number, before) ->
            (before == null ? CompletableFuture.completedFuture(null) : before)
                .thenRunAsync(() -> call(stage, task), threads));
  }

  private void async(int stage, Callable<@Nullable Void> task) {
    threads.execute(() -> call(stage, task));
  }

  private void call(int stage, Callable<@Nullable Void> task) {
    try {
      task.call();
    } catch (StrategyException e) {
      tell.accept(
          new Message.StageBroken(stage, about(stage, e.getMessage(), e.hint().orElse(null))));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      tell.accept(
          new Message.StageBroken(stage, about(stage, String.valueOf(e.getMessage()), null)));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private Failure about(int stage, String message, @Nullable String hint) {
    return new Failure(
        FailureKind.COMMAND,
        "Stage `%s`: %s".formatted(plan.stages().get(stage).name(), message),
        hint);
  }

  private StageRuntime runtime(int stage) {
    return Objects.requireNonNull(runtimes.get(stage));
  }

  @Override
  public void close() throws IOException {
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(END_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException("a local command does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (var runtime : runtimes.values()) {
      runtime.merge().close();
    }
    sources.close();
  }
}
