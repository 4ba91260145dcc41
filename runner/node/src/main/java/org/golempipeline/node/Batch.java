package org.golempipeline.node;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.golempipeline.golem.wire.CommandOutput;
import org.golempipeline.golem.wire.CommandResult;
import org.golempipeline.golem.wire.ExeCommand;
import org.golempipeline.golem.wire.RuntimeEvent;
import org.jspecify.annotations.Nullable;

/** A script that was sent: its results so far, and who listens to it. */
final class Batch {
  final String id;
  final List<ExeCommand> commands;

  /** Completes when nothing of it runs any more. */
  final CompletableFuture<Void> done = new CompletableFuture<>();

  private final NodeContext context;
  private final Topic topic;
  private final List<CommandResult> results = new ArrayList<>();
  private final List<EventStream> streams = new ArrayList<>();
  private final CountDownLatch asked = new CountDownLatch(1);
  private volatile boolean hasStreams;

  /** Stopped from outside: no further command begins. */
  volatile boolean aborted;

  Batch(NodeContext context, String id, List<ExeCommand> commands) {
    this.context = context;
    this.id = id;
    this.commands = commands;
    topic = new Topic(context);
  }

  /** Ends a command; the caller holds the lock. */
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
            context.now(),
            ok ? CommandResult.OK : CommandResult.ERROR,
            stdout,
            stderr,
            message,
            last));
    publish(index, RuntimeEvent.Kind.ofFinished(returnCode, message));
    if (last) {
      endStreams();
    }
    topic.changed();
  }

  private boolean over() {
    return !results.isEmpty() && results.get(results.size() - 1).isBatchFinished();
  }

  /**
   * The results so far, once the last command has one. That a failed command was the last is not
   * understood, so after a failure this takes the whole timeout, as in the exe-unit.
   *
   * @param alive throws if there is no exe-unit to ask any more
   */
  CompletableFuture<Reply> poll(Duration timeout, Runnable alive) {
    asked.countDown();
    return topic.await(
        timeout,
        () -> {
          alive.run();
          return results.size() == commands.size() ? Reply.json(200, results) : null;
        },
        () -> Reply.json(200, results));
  }

  /** The results up to a command, once that has ended; outputs only of that one. */
  CompletableFuture<Reply> poll(Duration timeout, int index, Runnable alive) {
    asked.countDown();
    return topic.await(
        timeout,
        () -> {
          alive.run();
          return results.size() > index ? Reply.json(200, prefix(index)) : null;
        },
        () -> {
          throw ApiException.timeout();
        });
  }

  private List<CommandResult> prefix(int index) {
    List<CommandResult> prefix = new ArrayList<>();
    for (CommandResult each : results.subList(0, index + 1)) {
      boolean asked = each.index() == index;
      prefix.add(
          new CommandResult(
              each.index(),
              each.eventDate(),
              each.result(),
              asked ? each.stdout() : null,
              asked ? each.stderr() : null,
              each.message(),
              asked || each.isBatchFinished()));
    }
    return prefix;
  }

  /** Lets pending polls find out that the exe-unit is gone. */
  void gone() {
    synchronized (context.lock) {
      endStreams();
      topic.changed();
    }
  }

  private void endStreams() {
    streams.forEach(EventStream::end);
    streams.clear();
    hasStreams = false;
  }

  /** Everything that happens from now on goes to this stream too; it ends with the batch. */
  void subscribe(EventStream stream) {
    synchronized (context.lock) {
      if (over() || aborted) {
        stream.end();
      } else {
        streams.add(stream);
        hasStreams = true;
      }
      asked.countDown();
    }
  }

  /**
   * Gives those who want to listen a little time to come. Who polls for results does not listen, or
   * not from the beginning.
   */
  void awaitSubscriber() throws InterruptedException {
    var grace = context.timings.subscriberGrace();
    if (!asked.await(grace.toNanos(), TimeUnit.NANOSECONDS)) {
      asked.countDown();
    }
  }

  void publish(int index, RuntimeEvent.Kind kind) {
    if (hasStreams) {
      String time = LocalDateTime.ofInstant(context.now(), ZoneOffset.UTC).toString();
      RuntimeEvent event = new RuntimeEvent(id, index, time, kind);
      synchronized (context.lock) {
        streams.forEach(each -> each.send(event));
      }
    }
  }
}
