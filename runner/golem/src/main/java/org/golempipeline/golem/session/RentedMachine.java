package org.golempipeline.golem.session;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.golempipeline.golem.ByteSink;
import org.golempipeline.golem.ByteSource;
import org.golempipeline.golem.EndReason;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.Pricing;
import org.golempipeline.golem.Provider;
import org.golempipeline.golem.Rental;
import org.golempipeline.golem.Script;
import org.golempipeline.golem.ScriptOutcome;
import org.golempipeline.golem.files.FileSlot;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.http.Failures;
import org.golempipeline.golem.wire.CommandOutput;
import org.golempipeline.golem.wire.CommandResult;
import org.golempipeline.golem.wire.ExeCommand;
import org.golempipeline.golem.wire.ExeScript;
import org.jspecify.annotations.Nullable;

/** A started activity. The n-th upload and download of a script use the n-th file slot. */
final class RentedMachine implements Rental {
  private static final int OUTPUT_TAIL = 16 << 10;

  private final Session session;
  private final Ending ending;
  private final Account account;
  private final String activityId;
  private final String folder;

  /** Used on the loop. */
  private final List<FileSlot> slots = new ArrayList<>();

  private final AtomicBoolean busy = new AtomicBoolean();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final CompletableFuture<String> lost = new CompletableFuture<>();
  private final AtomicBoolean closing = new AtomicBoolean();

  /** For the script that runs: one that ended must not be held until the agreement does. */
  private volatile CompletableFuture<String> lostAtWork = new CompletableFuture<>();

  RentedMachine(
      Session session,
      Ending ending,
      Account account,
      String activityId,
      String folder,
      FileSlot slot) {
    this.session = session;
    this.ending = ending;
    this.account = account;
    this.activityId = activityId;
    this.folder = folder;
    slots.add(slot);
    account.lost.thenAccept(reason -> lostAtWork.complete(reason));
    account.lost.thenAcceptAsync(lost::complete, session.threads().answers());
  }

  @Override
  public String agreementId() {
    return account.agreementId;
  }

  @Override
  public Provider provider() {
    return account.offered.provider();
  }

  @Override
  public Pricing pricing() {
    return account.offered.pricing();
  }

  @Override
  public String folder() {
    return folder;
  }

  @Override
  public CompletableFuture<String> lost() {
    return lost;
  }

  @Override
  public CompletableFuture<ScriptOutcome> execute(Script script) {
    if (!busy.compareAndSet(false, true)) {
      throw new IllegalStateException("the activity " + activityId + " is busy");
    }
    CompletableFuture<ScriptOutcome> outcome = new CompletableFuture<>();
    session
        .threads()
        .doOnLoop(
            () -> {
              if (closing.get()) {
                throw isClosed();
              }
              return enoughSlots(script).thenCompose(ready -> send(script));
            })
        .whenComplete(
            (results, error) -> {
              busy.set(false);
              session
                  .threads()
                  .answers()
                  .execute(
                      () -> {
                        if (error == null) {
                          outcome.complete(results);
                        } else {
                          outcome.completeExceptionally(
                              Failures.of(error, GolemException.Kind.PROVIDER, session.daemon()));
                        }
                      });
            });
    return outcome;
  }

  private GolemException isClosed() {
    return new GolemException(
        GolemException.Kind.CANCELLED,
        Failures.sentence("run commands on " + provider().name(), "the rental is closed"),
        null,
        null);
  }

  @Override
  public CompletableFuture<Void> close(EndReason reason) {
    if (closing.compareAndSet(false, true)) {
      session
          .threads()
          .doOnLoop(
              () ->
                  ending
                      .end(account, activityId, reason)
                      .handle((ended, error) -> closeSlots())
                      .thenCompose(slotsClosed -> slotsClosed))
          .whenCompleteAsync((done, error) -> closed.complete(null), session.threads().answers());
    }
    return closed;
  }

  /** Completes when nothing is open any more, but for what goes on in the background. */
  CompletableFuture<Void> closed() {
    return closed;
  }

  private CompletableFuture<Void> closeSlots() {
    List<FileSlot> open = List.copyOf(slots);
    slots.clear();
    return CompletableFuture.allOf(
        open.stream().map(FileSlot::close).toArray(CompletableFuture[]::new));
  }

  private CompletableFuture<Boolean> enoughSlots(Script script) {
    long uploads = script.commands().stream().filter(Script.Upload.class::isInstance).count();
    long downloads = script.commands().stream().filter(Script.Download.class::isInstance).count();
    int missing = (int) Math.max(uploads, downloads) - slots.size();
    if (missing <= 0) {
      return CompletableFuture.completedFuture(true);
    }
    List<CompletableFuture<FileSlot>> more =
        Stream.generate(() -> FileSlot.open(session.files())).limit(missing).toList();
    return session
        .threads()
        .onLoop(CompletableFuture.allOf(more.toArray(CompletableFuture[]::new)))
        .handle(
            (opened, error) -> {
              // Also those beside one that could not be opened are open.
              more.forEach(slot -> slot.thenAccept(slots::add));
              if (closing.get()) {
                var unused = closeSlots();
                throw isClosed();
              }
              if (error != null) {
                throw new CompletionException(CallFailure.unwrap(error));
              }
              return true;
            });
  }

  private CompletableFuture<ScriptOutcome> send(Script script) {
    List<FileSlot> at = new ArrayList<>();
    List<ExeCommand> commands = new ArrayList<>();
    List<ByteSource> sources = new ArrayList<>();
    List<ByteSink> sinks = new ArrayList<>();
    List<FileSlot> open = List.copyOf(slots);
    for (Script.Command command : script.commands()) {
      if (command instanceof Script.Upload upload) {
        FileSlot slot = open.get(sources.size());
        sources.add(upload.source());
        at.add(slot);
        commands.add(new ExeCommand.Transfer(slot.url(), "container:" + upload.path()));
      } else if (command instanceof Script.Download download) {
        FileSlot slot = open.get(sinks.size());
        sinks.add(download.sink());
        at.add(slot);
        commands.add(new ExeCommand.Transfer("container:" + download.path(), slot.url()));
      } else if (command instanceof Script.Fetch fetch) {
        at.add(open.get(0));
        commands.add(
            new ExeCommand.Transfer(
                "hash:sha3:" + fetch.sha3() + ":" + fetch.url(), "container:" + fetch.path()));
      } else if (command instanceof Script.Run run) {
        at.add(open.get(0));
        commands.add(run(run));
      } else {
        throw new AssertionError(command);
      }
    }
    Batch batch =
        new Batch(
            session,
            provider().name(),
            activityId,
            new ExeScript(commands),
            script.limit(),
            script.idleLimit(),
            script.watcher());
    for (int i = 0; i < open.size(); i++) {
      open.get(i)
          .point(
              i < sources.size() ? sources.get(i) : null,
              i < sinks.size() ? sinks.get(i) : null,
              batch::beat);
    }
    CompletableFuture<String> lostMeanwhile = new CompletableFuture<>();
    lostAtWork = lostMeanwhile;
    if (account.lost.isDone()) {
      lostMeanwhile.complete(account.lost.join());
    }
    return batch
        .start(lostMeanwhile)
        .whenComplete((results, error) -> open.forEach(slot -> slot.rest()))
        .thenApply(results -> outcome(script, results, at));
  }

  private static ExeCommand run(Script.Run run) {
    ExeCommand.Capture capture =
        new ExeCommand.Capture(
            new ExeCommand.Mode(null, new ExeCommand.Stream(null, "str")),
            ExeCommand.Mode.tail(OUTPUT_TAIL));
    return new ExeCommand.Run(run.entryPoint(), run.arguments(), capture);
  }

  private ScriptOutcome outcome(Script script, List<CommandResult> results, List<FileSlot> at) {
    List<ScriptOutcome.Result> outcomes = new ArrayList<>();
    for (CommandResult result : results) {
      Script.Command command = script.commands().get(result.index());
      FileSlot slot = at.get(result.index());
      boolean ok = CommandResult.OK.equals(result.result());
      String message = result.message();
      if (command instanceof Script.Upload || command instanceof Script.Download) {
        String trouble = slot.trouble();
        message = !ok && trouble != null ? trouble : message;
        if (ok && command instanceof Script.Download && !slot.received()) {
          throw new GolemException(
              GolemException.Kind.PROVIDER,
              Failures.sentence(
                  "fetch a file from " + provider().name(),
                  "the provider says it sent all, but it did not arrive"),
              null,
              null);
        }
      }
      outcomes.add(
          new ScriptOutcome.Result(ok, message, tail(result.stdout()), tail(result.stderr())));
    }
    return new ScriptOutcome(outcomes);
  }

  private static @Nullable String tail(@Nullable CommandOutput output) {
    if (output == null) {
      return null;
    }
    String text = output.text();
    return text.length() <= OUTPUT_TAIL ? text : text.substring(text.length() - OUTPUT_TAIL);
  }
}
