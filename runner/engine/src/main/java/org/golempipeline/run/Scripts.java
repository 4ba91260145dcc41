package org.golempipeline.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.golempipeline.batch.AtWork;
import org.golempipeline.batch.BatchFigures;
import org.golempipeline.batch.BatchPlace;
import org.golempipeline.batch.BatchScript;
import org.golempipeline.batch.ReturnLimits;
import org.golempipeline.batch.ReturnedBatch;
import org.golempipeline.batch.ReturnedFragment;
import org.golempipeline.batch.SourceFiles;
import org.golempipeline.cache.ChangedInputException;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.golem.Rental;
import org.golempipeline.golem.Script;
import org.golempipeline.golem.ScriptOutcome;
import org.golempipeline.schedule.Action;
import org.golempipeline.schedule.Message;
import org.golempipeline.spec.OutSpec;
import org.golempipeline.spec.Secrets;
import org.golempipeline.spec.Timeouts;
import org.jspecify.annotations.Nullable;

/**
 * Sends scripts to machines and takes in what they return. A script is prepared while the one
 * before it still runs on its machine, and posted when that has ended. What a batch left is kept
 * until the scheduler says which of it counts.
 */
final class Scripts implements AutoCloseable {
  /** What a provider may send back for one script: more than any honest one will. */
  private static final ReturnLimits LIMITS = new ReturnLimits(1L << 40, 1_000_000);

  private static final Duration NEVER = Duration.ofDays(365_000);

  private static final String TRANSFER = "timeout.transfer";
  private static final String IDLE = "timeout.idle";

  private static final Failure NOT_COMPARABLE =
      new Failure(
          FailureKind.COMMAND,
          "Its output cannot be compared with what another machine left, as neither is what"
              + " `verify: { compare: … }` says, or telling takes too much memory.",
          "Let `run` write that form, or compare by `bytes` or `text`.");

  /** 3 is what the driver itself ends with; all else comes from what it called. */
  private static final Pattern EXITED = Pattern.compile("exited with code (?!3\\b)-?[0-9]+");

  /** What exe-units say when an activity needs more than was agreed. */
  private static final Pattern EXCEEDED = Pattern.compile("Usage limit exceeded");

  /** What the driver says when the folders that it made are not as it left them. */
  private static final List<String> LOST_FOLDERS =
      List.of(
          "golem-pipeline: the folder is gone",
          "golem-pipeline: could not pack the outputs",
          "golem-pipeline: could not write the outputs");

  private final RunFolder folder;
  private final Reuse reuse;
  private final Judge judge;
  private final IntFunction<StageRuntime> stages;
  private final Secrets secrets;
  private final boolean local;
  private final Executor threads;
  private final Consumer<Message> tell;
  private final SourceFiles sources = new SourceFiles();

  /** By rental, whether its last script ended well, once it has ended. */
  private final Map<Integer, CompletableFuture<Boolean>> lanes = new HashMap<>();

  /** Scripts that were not posted yet. Who removes one from here decides what becomes of it. */
  private final Set<Integer> waiting = ConcurrentHashMap.newKeySet();

  /** By script that has not ended, after what time a fragment of it is given up from here. */
  private final Map<Integer, Duration> limits = new ConcurrentHashMap<>();

  /** By script, what the scheduler has not said anything of yet; not of stages with answers. */
  private final Map<Integer, Map<Integer, List<StageOutputs.Part>>> returned =
      new ConcurrentHashMap<>();

  /** A script that can be posted. */
  private record Prepared(StageRuntime stage, BatchScript script, Path pack) {}

  /** The script was taken back before it was posted. */
  private static final class WithdrawnException extends CancellationException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * @param local whether the machines are this one
   */
  Scripts(
      RunFolder folder,
      Reuse reuse,
      Judge judge,
      IntFunction<StageRuntime> stages,
      Secrets secrets,
      boolean local,
      Executor threads,
      Consumer<Message> tell) {
    this.folder = folder;
    this.reuse = reuse;
    this.judge = judge;
    this.stages = stages;
    this.secrets = secrets;
    this.local = local;
    this.threads = threads;
    this.tell = tell;
  }

  /** Called by the run's thread. */
  void execute(Action.Execute execute, Rental rental) {
    var free = lanes.getOrDefault(execute.rental(), CompletableFuture.completedFuture(true));
    waiting.add(execute.batch());
    limits.put(execute.batch(), NEVER);
    var prepared = CompletableFuture.supplyAsync(() -> prepare(execute, rental), threads);
    var posted =
        free.thenCombine(
                prepared,
                (endedWell, script) -> {
                  if (!waiting.remove(execute.batch())) {
                    throw new WithdrawnException();
                  }
                  if (!endedWell) {
                    // What is wrong with the machine, the script before it has to say.
                    tell.accept(new Message.Withdrawn(execute.batch()));
                    throw new WithdrawnException();
                  }
                  return script;
                })
            .thenCompose(ready -> rental.execute(script(ready, execute)));
    var endsWell =
        posted.handle((outcome, thrown) -> thrown == null ? outcome.ok() : isWithdrawn(thrown));
    lanes.put(execute.rental(), free.thenCombine(endsWell, Boolean::logicalAnd));
    posted.whenCompleteAsync(
        (outcome, thrown) -> received(execute, rental, prepared, outcome, thrown), threads);
  }

  /** Called by the run's thread. A script that is on its way by now stays there. */
  void withdraw(Action.Withdraw withdraw) {
    if (waiting.remove(withdraw.batch())) {
      tell.accept(new Message.Withdrawn(withdraw.batch()));
    }
  }

  /** Called by the run's thread. */
  void limit(Action.Limit limit) {
    limits.computeIfPresent(limit.batch(), (batch, longer) -> limit.fragmentLimit());
  }

  private static boolean isWithdrawn(@Nullable Throwable thrown) {
    return thrown instanceof WithdrawnException
        || thrown instanceof CompletionException && thrown.getCause() instanceof WithdrawnException;
  }

  private Prepared prepare(Action.Execute execute, Rental rental) {
    try {
      var stage = stages.apply(execute.stage());
      // A key that is made of a file after it was sent would hide that it changed before.
      for (var index : execute.fragments().toArray()) {
        stage.fragmentKeys().get(index);
      }
      var pack = reuse.newPack();
      var script =
          BatchScript.of(
              stage.recipe(execute.fragmentLimit()),
              stage.work(execute.fragments()),
              new BatchPlace(execute.batch(), rental.folder(), execute.prepare()),
              sources,
              pack,
              LIMITS);
      return new Prepared(stage, script, pack);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Script script(Prepared ready, Action.Execute execute) {
    var commands = ready.script().commands();
    var timeouts = ready.stage().plan().spec().timeouts();
    var idle = silence(timeouts, commands).equals(TRANSFER) ? timeouts.transfer() : timeouts.idle();
    return new Script(
        commands,
        execute.scriptLimit(),
        idle,
        line -> AtWork.of(line).ifPresent(at -> heard(execute, ready.stage(), at)));
  }

  /** Only what a machine says while a fragment runs ends it: no transfer is taken for a program. */
  private void heard(Action.Execute execute, StageRuntime stage, AtWork at) {
    var limit = limits.getOrDefault(execute.batch(), NEVER);
    if (at.ran().compareTo(limit) >= 0
        && at.position() < execute.fragments().size()
        && limits.remove(execute.batch(), limit)) {
      var fragment = execute.fragments().toArray()[at.position()];
      var failure = Judge.outOfTime(stage, limit);
      tell.accept(new Message.FragmentOverdue(execute.batch(), fragment, failure));
    }
  }

  /** The clock of silence: while a provider fetches from the web there is no sign of life. */
  private static String silence(Timeouts timeouts, List<Script.Command> commands) {
    var fetches = commands.stream().anyMatch(Script.Fetch.class::isInstance);
    return fetches && timeouts.transfer().compareTo(timeouts.idle()) > 0 ? TRANSFER : IDLE;
  }

  private void received(
      Action.Execute execute,
      Rental rental,
      CompletableFuture<Prepared> prepared,
      @Nullable ScriptOutcome outcome,
      @Nullable Throwable thrown) {
    limits.remove(execute.batch());
    if (prepared.isCompletedExceptionally()) {
      waiting.remove(execute.batch());
      prepared.whenComplete((none, why) -> brokenHere(execute, cause(why)));
      return;
    }
    var ready = prepared.join();
    try (var taken = ready.script().returned()) {
      if (isWithdrawn(thrown)) {
        return;
      }
      if (outcome == null || !outcome.ok()) {
        requireUnchanged(execute, ready.stage());
        var unwritten = taken.trouble();
        if (unwritten.isPresent()) {
          brokenHere(execute, unwritten.get(), ready.pack().resolveSibling("").toAbsolutePath());
          return;
        }
        var full = local && outcome != null ? full(outcome) : Optional.<IOException>empty();
        if (full.isPresent()) {
          brokenHere(execute, full.get(), Path.of(rental.folder()));
          return;
        }
      }
      if (outcome == null && cause(thrown) instanceof Error error) {
        brokenHere(execute, error);
      } else if (outcome == null) {
        var silence = silence(ready.stage().plan().spec().timeouts(), ready.script().commands());
        var failure = GolemEvents.toFailure(Objects.requireNonNull(thrown), silence);
        tell.accept(new Message.BatchBroken(execute.batch(), failure));
      } else if (!outcome.ok()) {
        tell.accept(new Message.BatchBroken(execute.batch(), failureOf(ready.script(), outcome)));
      } else {
        tell.accept(take(execute, rental.provider().id(), ready, taken));
      }
    } catch (IOException | RuntimeException e) {
      brokenHere(execute, e);
    } catch (Error e) {
      brokenHere(execute, e);
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      tell.accept(new Message.BatchBroken(execute.batch(), GolemEvents.toFailure(e)));
    }
  }

  /** A file that has become too short cannot be sent, to nobody. */
  private static void requireUnchanged(Action.Execute execute, StageRuntime stage)
      throws IOException {
    for (var index : execute.fragments().toArray()) {
      if (!stage.fragmentKeys().stillHolds(index)) {
        throw stage.changed(index);
      }
    }
    if (execute.prepare()) {
      stage.keys().requireShared();
    }
  }

  private static Throwable cause(@Nullable Throwable thrown) {
    var cause = Objects.requireNonNull(thrown);
    while ((cause instanceof CompletionException || cause instanceof UncheckedIOException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** That a machine had no room for what it got or made: what it said of that. */
  private static Optional<IOException> full(ScriptOutcome outcome) {
    var failed = outcome.results().get(outcome.results().size() - 1);
    return Stream.of(failed.message(), failed.stderr())
        .filter(Objects::nonNull)
        .flatMap(String::lines)
        .filter(Trouble::isFull)
        .findFirst()
        .map(IOException::new);
  }

  /** Trouble on this machine, which no other provider would mend. */
  private void brokenHere(Action.Execute execute, Throwable thrown) {
    brokenHere(execute, thrown, folder.root());
  }

  /**
   * @param place where it was written
   */
  private void brokenHere(Action.Execute execute, Throwable thrown, Path place) {
    var failure =
        thrown instanceof ChangedInputException changed
            ? reuse.failure(changed)
            : StageTrouble.of(stages.apply(execute.stage()).plan().name(), thrown, place);
    tell.accept(new Message.StageBroken(execute.stage(), failure));
    tell.accept(new Message.BatchBroken(execute.batch(), failure));
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
          "Check `url` and `hash`: the hash is the SHA3-224 of what is there now, and the server"
              + " must answer HEAD as well as GET.");
    }
    if (EXCEEDED.matcher(message).find()) {
      return new Failure(
          FailureKind.COMMAND,
          "It used more than the machine has to give: %s."
              .formatted(message.replaceFirst("\\.$", "")),
          "Ask for more with `resources: { storage: … }`, or leave less in `$tmp` and `$out`.");
    }
    var sentence =
        "The provider could not execute a script: %s%s."
            .formatted(message, said.isEmpty() ? "" : " (" + said + ")");
    return new Failure(
        FailureKind.PROVIDER,
        sentence,
        script.commands().get(last) instanceof Script.Run ? suspicion(message, said) : null);
  }

  /** What the user's command may have done if the script ended as it does not by itself. */
  private static @Nullable String suspicion(String message, String said) {
    if (EXITED.matcher(message).find()) {
      return "A command in `run` or `setup` may have killed its shell (`kill $$`, `kill 0`,"
          + " `pkill`), or memory was short: kill only what the command itself started.";
    }
    return LOST_FOLDERS.stream().anyMatch(said::contains)
        ? "A command in `run` or `setup` may have removed or moved folders above `$out`, or the"
            + " machine's storage is full: write only to `$out` and `$tmp`."
        : null;
  }

  private Message take(Action.Execute execute, String provider, Prepared ready, ReturnedBatch batch)
      throws IOException, InterruptedException {
    var stage = ready.stage();
    if (execute.prepare()) {
      stage.keys().requireShared();
    }
    var failed = new ArrayList<RunEvent.AttemptFailure>();
    var parts = new HashMap<Integer, List<StageOutputs.Part>>();
    var indexes = execute.fragments().toArray();
    var bytes = new ArrayList<Long>(indexes.length);
    for (var i = 0; i < indexes.length; i++) {
      var index = indexes[i];
      var result = batch.fragments().get(i);
      var left = parts(stage, result, ready.pack());
      bytes.add(left.stream().mapToLong(StageOutputs.Part::size).sum());
      var failure = judge.judge(stage, index, execute.fragmentLimit(), result, left);
      if (failure == null) {
        parts.put(index, left);
      } else {
        failed.add(
            new RunEvent.AttemptFailure(
                index,
                failure,
                Judge.exitCode(result),
                keepLog(stage, index, execute.batch(), result.log(), ready.pack())));
      }
    }
    if (!secrets.isEmpty()) {
      batch.blankLogs();
    }
    Map<Integer, List<StageOutputs.Part>> kept = parts;
    Map<Integer, Integer> same = Map.of();
    if (stage.answers().isEmpty()) {
      kept = reuse.keep(stage, provider, ready.pack(), parts);
      returned.put(execute.batch(), kept);
    } else {
      for (var index : parts.keySet()) {
        if (!stage.fragmentKeys().stillHolds(index)) {
          throw stage.changed(index);
        }
      }
      same = compare(stage, execute.batch(), provider, parts, failed);
    }
    return new Message.BatchReturned(
        execute.batch(),
        FragmentSet.of(kept.keySet()),
        FragmentSet.of(winners(kept)),
        same,
        failed,
        sent(ready.script()),
        bytes.stream().mapToLong(Long::longValue).sum(),
        figures(batch.figures(), bytes));
  }

  private static RunEvent.Figures figures(BatchFigures of, List<Long> bytes) {
    var memory = LongStream.of(of.memory()).boxed().toList();
    return new RunEvent.Figures(
        IntStream.of(of.took()).boxed().toList(),
        IntStream.of(of.cpu()).boxed().toList(),
        bytes,
        memory.stream().allMatch(each -> each < 0) ? null : memory);
  }

  private static List<Integer> winners(Map<Integer, List<StageOutputs.Part>> parts) {
    return parts.entrySet().stream()
        .filter(each -> each.getValue().stream().anyMatch(part -> part.size() > 0))
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * Which answers are those of earlier batches. One that cannot be compared is no answer, and moves
   * from {@code parts} to what {@code failed}: it speaks against nobody.
   */
  private static Map<Integer, Integer> compare(
      StageRuntime stage,
      int batch,
      String provider,
      Map<Integer, List<StageOutputs.Part>> parts,
      List<RunEvent.AttemptFailure> failed)
      throws IOException {
    var same = new HashMap<Integer, Integer>();
    for (var answers = parts.entrySet().iterator(); answers.hasNext(); ) {
      var each = answers.next();
      var answer = new StageAnswers.Answer(batch, provider, each.getValue());
      try {
        var earlier = stage.answers().orElseThrow().add(each.getKey(), answer);
        if (earlier != null) {
          same.put(each.getKey(), earlier);
        }
      } catch (StageAnswers.UnlikeException e) {
        answers.remove();
        failed.add(new RunEvent.AttemptFailure(each.getKey(), NOT_COMPARABLE, null, null));
      }
    }
    return same;
  }

  private static long sent(BatchScript script) {
    return script.commands().stream()
        .mapToLong(command -> command instanceof Script.Upload up ? up.source().size() : 0)
        .sum();
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
    KeptLog.read(pack, log, secrets).write(file);
    return name;
  }

  /** Called by the run's thread, before anybody is told to read the outputs. */
  void adopt(Action.Adopt adopt) {
    var stage = stages.apply(adopt.stage());
    if (stage.answers().isPresent()) {
      var answers = stage.answers().get();
      adopt
          .fragments()
          .forEach(index -> stage.outputs().put(index, answers.get(index, adopt.batch()).parts()));
      return;
    }
    var parts = returned.remove(adopt.batch());
    if (parts != null) {
      adopt
          .fragments()
          .forEach(index -> stage.outputs().put(index, Objects.requireNonNull(parts.get(index))));
    }
  }

  @Override
  public void close() throws IOException {
    sources.close();
  }
}
