package org.golempipeline.exeunit;

import java.time.Clock;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.golempipeline.golem.wire.CommandOutput;
import org.golempipeline.golem.wire.CommandResult;
import org.golempipeline.golem.wire.ExeCommand;
import org.golempipeline.golem.wire.RuntimeEvent;
import org.jspecify.annotations.Nullable;

/**
 * A script that was sent: its results so far, and all that happened to it. Guarded by its unit's
 * lock; answers are given without it.
 */
public final class ExeBatch {
  private static final int WHOLE = -1;

  final List<ExeCommand> commands;

  /** Completes when nothing of it runs any more. */
  final CompletableFuture<Void> done = new CompletableFuture<>();

  private final String id;
  private final Object lock;
  private final Clock clock;
  private final List<CommandResult> results = new ArrayList<>();
  private final List<Poll> polls = new ArrayList<>();
  private final EventSpool events;

  /** What the outputs in its results take of the room for them. */
  long keptBytes;

  /** Stopped from outside: no further command begins. */
  volatile boolean aborted;

  ExeBatch(String id, List<ExeCommand> commands, Object lock, Clock clock, EventSpool events) {
    this.id = id;
    this.commands = List.copyOf(commands);
    this.lock = lock;
    this.clock = clock;
    this.events = events;
  }

  /** Somebody who waits for the result of the command {@code index}, or for all. */
  private record Poll(int index, CompletableFuture<List<CommandResult>> answer) {}

  /** Ends a command; the caller holds the lock, and calls {@link #answerPolls} without it. */
  void finish(
      int index,
      int returnCode,
      @Nullable String message,
      @Nullable CommandOutput stdout,
      @Nullable CommandOutput stderr) {
    boolean ok = message == null;
    boolean last = !ok || index == commands.size() - 1;
    results.add(
        new CommandResult(
            index,
            clock.instant(),
            ok ? CommandResult.OK : CommandResult.ERROR,
            stdout,
            stderr,
            message,
            last));
    publish(index, RuntimeEvent.Kind.ofFinished(returnCode, message));
    if (last) {
      events.end();
    }
  }

  /**
   * The results so far, once the last command has one. That a failed command was the last is not
   * understood, so after a failure this takes the whole timeout, as in the exe-unit. Fails with
   * {@link ExeException} if the unit ends.
   */
  public CompletableFuture<List<CommandResult>> results(Duration timeout) {
    return poll(WHOLE, timeout);
  }

  /**
   * The results up to a command, once that has ended; outputs only of that one. Fails with {@link
   * ExeException} if it takes longer, or the unit ends.
   */
  public CompletableFuture<List<CommandResult>> results(Duration timeout, int index) {
    return poll(index, timeout);
  }

  private CompletableFuture<List<CommandResult>> poll(int index, Duration timeout) {
    Poll poll = new Poll(index, new CompletableFuture<>());
    synchronized (lock) {
      List<CommandResult> now = answer(index);
      if (now != null) {
        return CompletableFuture.completedFuture(now);
      }
      if (timeout.isZero() || timeout.isNegative()) {
        return late(index);
      }
      polls.add(poll);
    }
    return poll.answer
        .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
        .exceptionallyCompose(
            problem -> {
              Throwable cause =
                  problem instanceof CompletionException ? problem.getCause() : problem;
              return cause instanceof TimeoutException
                  ? tooLate(poll)
                  : CompletableFuture.failedFuture(problem);
            });
  }

  private CompletableFuture<List<CommandResult>> tooLate(Poll poll) {
    synchronized (lock) {
      polls.remove(poll);
      return late(poll.index);
    }
  }

  private CompletableFuture<List<CommandResult>> late(int index) {
    return index == WHOLE
        ? CompletableFuture.completedFuture(List.copyOf(results))
        : CompletableFuture.failedFuture(new ExeException(ExeException.Kind.TIMEOUT, "Timeout"));
  }

  private @Nullable List<CommandResult> answer(int index) {
    if (index == WHOLE) {
      return results.size() == commands.size() ? List.copyOf(results) : null;
    }
    return results.size() > index ? prefix(index) : null;
  }

  private List<CommandResult> prefix(int index) {
    List<CommandResult> prefix = new ArrayList<>();
    for (CommandResult each : results.subList(0, index + 1)) {
      boolean wanted = each.index() == index;
      prefix.add(
          new CommandResult(
              each.index(),
              each.eventDate(),
              each.result(),
              wanted ? each.stdout() : null,
              wanted ? each.stderr() : null,
              each.message(),
              wanted || each.isBatchFinished()));
    }
    return prefix;
  }

  /** Answers who can be answered by now; to be called without the lock. */
  void answerPolls() {
    List<Runnable> answers = new ArrayList<>();
    synchronized (lock) {
      for (Iterator<Poll> each = polls.iterator(); each.hasNext(); ) {
        Poll poll = each.next();
        List<CommandResult> now = answer(poll.index);
        if (now != null) {
          each.remove();
          answers.add(() -> poll.answer.complete(now));
        }
      }
    }
    answers.forEach(Runnable::run);
  }

  /** Lets who waits or listens find out that the unit is gone; to be called without the lock. */
  void gone(ExeException why) {
    List<Poll> waiting;
    events.end();
    synchronized (lock) {
      waiting = List.copyOf(polls);
      polls.clear();
    }
    waiting.forEach(each -> each.answer.completeExceptionally(why));
  }

  /**
   * Tells {@code listener} everything that happened and happens, until the batch ends. It is called
   * on threads of the unit.
   */
  public void subscribe(BatchListener listener) {
    events.follow(listener);
  }

  void publish(int index, RuntimeEvent.Kind kind) {
    String time = LocalDateTime.ofInstant(clock.instant(), ZoneOffset.UTC).toString();
    events.add(new RuntimeEvent(id, index, time, kind));
  }

  /** Nobody will ask for it any more. */
  void forget() {
    events.forget();
  }
}
