package org.golempipeline.golem.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import org.golempipeline.golem.EndReason;
import org.golempipeline.golem.GolemEvent;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.Script;
import org.golempipeline.golem.files.FileSlot;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.http.Calls;
import org.golempipeline.golem.http.Failures;
import org.golempipeline.golem.wire.ActivityCreated;
import org.golempipeline.golem.wire.CommandResult;
import org.golempipeline.golem.wire.DeployResult;
import org.golempipeline.golem.wire.ExeCommand;
import org.golempipeline.golem.wire.ExeScript;
import org.golempipeline.golem.wire.WireJson;
import org.jspecify.annotations.Nullable;

/**
 * Makes a machine of an approved agreement: activity, deployment, start, and the file slot beside
 * them. What was begun and failed is ended.
 */
final class Starter {
  private static final String FOLDER = "/golem/work";
  private static final Duration LONGEST_CREATE_POLL = Duration.ofSeconds(30);
  private static final int LOOKUPS = 3;

  /** The parts of an exe-unit that an error came through, which say nothing to its reader. */
  private static final Pattern LAYERS =
      Pattern.compile("^(?:(?:Local service|State|Transfer|Runtime|IO) error: )+");

  private final Session session;
  private final Ending ending;

  Starter(Session session, Ending ending) {
    this.session = session;
    this.ending = ending;
  }

  /** Cancelled when {@code over} completes; fails with {@link GolemException}. */
  CompletableFuture<RentedMachine> start(
      Account account, Duration limit, CompletableFuture<?> over) {
    long begin = session.nanos();
    CompletableFuture<String> stop = new CompletableFuture<>();
    account.lost.thenAccept(stop::complete);
    over.whenComplete((value, error) -> stop.complete("not needed any more"));
    CompletableFuture<FileSlot> slot = FileSlot.open(session.files());
    CompletableFuture<@Nullable String> activity = new CompletableFuture<>();
    CompletableFuture<RentedMachine> machine =
        create(account, limit)
            .whenComplete((id, error) -> activity.complete(id))
            .thenCompose(id -> deploy(account, id, limit.minus(session.since(begin)), stop))
            .thenCombineAsync(
                slot,
                (folder, opened) ->
                    new RentedMachine(
                        session,
                        ending,
                        account,
                        String.valueOf(activity.getNow("")),
                        folder,
                        opened),
                session.threads().loop());
    return session
        .threads()
        .onLoop(machine)
        .whenComplete(
            (started, error) -> {
              if (error != null) {
                slot.thenAccept(FileSlot::close);
                String reason = CallFailure.text(CallFailure.unwrap(error));
                EndReason end = EndReason.cancelled("The activity did not start: " + reason);
                activity.thenAccept(id -> ending.end(account, id, end));
              }
            });
  }

  private CompletableFuture<String> create(Account account, Duration limit) {
    Duration poll = limit.compareTo(LONGEST_CREATE_POLL) < 0 ? limit : LONGEST_CREATE_POLL;
    long asked = session.billedNanos();
    return session
        .send(Calls.createActivity(account.agreementId, poll))
        .thenApply(ActivityCreated::activityId)
        .handle(
            (id, error) ->
                error == null
                    ? CompletableFuture.completedFuture(id)
                    : lookUp(account, CallFailure.of("start an activity", error), asked, 1))
        .thenCompose(next -> next)
        .thenApply(
            id -> {
              account.activityBegan(id, asked);
              session.emit(new GolemEvent.ActivityCreated(id, account.agreementId));
              return id;
            });
  }

  /** An answer that was lost or late may nevertheless have made one. */
  private CompletableFuture<String> lookUp(
      Account account, CallFailure failure, long asked, int attempt) {
    boolean maybe = failure.status() == 408 || failure.arrival() == CallFailure.Arrival.UNKNOWN;
    if (!maybe) {
      return CompletableFuture.failedFuture(failure);
    }
    if (attempt > LOOKUPS) {
      account.activityBegan("unknown", asked);
      return CompletableFuture.failedFuture(failure);
    }
    return session
        .send(Calls.activities(account.agreementId))
        .handle((ids, error) -> ids == null ? List.<String>of() : ids)
        .thenCompose(
            ids ->
                ids.isEmpty()
                    ? session
                        .threads()
                        .after(session.retrier().pause(attempt + 2))
                        .thenCompose(waited -> lookUp(account, failure, asked, attempt + 1))
                    : CompletableFuture.completedFuture(ids.get(0)));
  }

  /** Gives the folder for transfers. Older runtimes refuse to deploy with folders of ours. */
  private CompletableFuture<String> deploy(
      Account account, String activityId, Duration limit, CompletableFuture<String> stop) {
    long begin = session.nanos();
    ExeCommand.Deploy deploy = ExeCommand.Deploy.withFolders(List.of(FOLDER));
    return deploy(
            account,
            activityId,
            account.offered.tellsProgress() ? deploy.reporting() : deploy,
            limit,
            stop)
        .thenCompose(
            results -> {
              CommandResult last = last(results);
              if (isOk(last)) {
                return CompletableFuture.completedFuture(folder(results.get(0)));
              }
              return last.index() > 0
                  ? CompletableFuture.failedFuture(refused(last))
                  : deployPlain(account, activityId, last, limit.minus(session.since(begin)), stop);
            });
  }

  /**
   * Exe-units count as deployed after a deploy that failed, so they are taken back first. If this
   * one fails too it was not the folder, and the first answer says what it was.
   */
  private CompletableFuture<String> deployPlain(
      Account account,
      String activityId,
      CommandResult first,
      Duration limit,
      CompletableFuture<String> stop) {
    return run(account, activityId, List.of(new ExeCommand.Terminate()), limit, stop)
        .thenCompose(
            taken ->
                isOk(last(taken))
                    ? deploy(account, activityId, ExeCommand.Deploy.plain(), limit, stop)
                    : CompletableFuture.completedFuture(taken))
        .thenCompose(
            results -> {
              CommandResult last = last(results);
              if (isOk(last)) {
                return CompletableFuture.completedFuture(folder(results.get(0)));
              }
              return CompletableFuture.failedFuture(refused(last.index() > 0 ? last : first));
            });
  }

  private CompletableFuture<List<CommandResult>> deploy(
      Account account,
      String activityId,
      ExeCommand.Deploy deploy,
      Duration limit,
      CompletableFuture<String> stop) {
    return run(account, activityId, List.of(deploy, new ExeCommand.Start(List.of())), limit, stop);
  }

  private CompletableFuture<List<CommandResult>> run(
      Account account,
      String activityId,
      List<ExeCommand> commands,
      Duration limit,
      CompletableFuture<String> stop) {
    return new Batch(
            session,
            account.offered.provider().name(),
            activityId,
            new ExeScript(commands),
            limit,
            limit,
            new Arriving(account.agreementId))
        .start(stop)
        .exceptionally(Starter::notStarted);
  }

  /** Tells of every tenth of an image. */
  private final class Arriving implements Script.Watcher {
    private static final int STEPS = 10;

    private final String agreementId;
    private long told;

    Arriving(String agreementId) {
      this.agreementId = agreementId;
    }

    @Override
    public void line(String line) {}

    @Override
    public void moved(long bytes, long size) {
      long step = size <= 0 ? 0 : bytes / Math.max(1, size / STEPS);
      if (step > told) {
        told = step;
        session.emit(new GolemEvent.ImageArriving(agreementId, bytes, size));
      }
    }
  }

  private static CommandResult last(List<CommandResult> results) {
    return results.get(results.size() - 1);
  }

  private static boolean isOk(CommandResult result) {
    return CommandResult.OK.equals(result.result());
  }

  /** The machine itself says that it cannot deploy or start the image. */
  private static GolemException refused(CommandResult result) {
    String reason =
        result.message() == null
            ? "no reason given"
            : LAYERS.matcher(result.message()).replaceFirst("");
    return new GolemException(
        GolemException.Kind.IMAGE,
        Failures.sentence(result.index() == 0 ? "deploy the image" : "start the image", reason),
        null,
        null);
  }

  /** To the market, which says why nobody could be rented, a limit is the one for deploying. */
  private static List<CommandResult> notStarted(Throwable error) {
    Throwable cause = CallFailure.unwrap(error);
    if (cause instanceof GolemException known && known.clock().isPresent()) {
      throw new GolemException(
          GolemException.Kind.DEADLINE,
          Failures.sentence("start the image", "it takes longer than the time to `deploy`"),
          null,
          cause);
    }
    throw new CompletionException(cause);
  }

  private static String folder(CommandResult deployed) {
    try {
      String json = deployed.stdout() == null ? "{}" : deployed.stdout().text();
      DeployResult result = WireJson.mapper().readValue(json, DeployResult.class);
      List<DeployResult.Volume> volumes = result.vols() == null ? List.of() : result.vols();
      return volumes.stream()
          .map(volume -> withoutSlash(volume.path()))
          .filter(path -> path.startsWith("/"))
          .reduce((first, next) -> !first.endsWith(FOLDER) && next.endsWith(FOLDER) ? next : first)
          .orElseThrow(() -> failure("the image has no folder for files"));
    } catch (JsonProcessingException e) {
      throw failure("the provider does not say where files can be put");
    }
  }

  private static String withoutSlash(String path) {
    return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  private static GolemException failure(String reason) {
    return new GolemException(
        GolemException.Kind.PROVIDER, Failures.sentence("start the image", reason), null, null);
  }
}
