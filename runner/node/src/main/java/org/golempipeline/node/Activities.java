package org.golempipeline.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.golempipeline.exeunit.ExeBatch;
import org.golempipeline.exeunit.ExeException;
import org.golempipeline.exeunit.ExeUnits;
import org.golempipeline.golem.wire.ActivityUsage;
import org.golempipeline.golem.wire.CommandResult;
import org.golempipeline.golem.wire.ExeCommand;
import org.golempipeline.golem.wire.ExeScript;
import org.jspecify.annotations.Nullable;

/**
 * Activities from creation to the last of their processes. Methods take the context's lock and
 * return at once; what takes its time happens in the exe-units.
 */
final class Activities {
  private final NodeContext context;
  private final ExeUnits units;
  private final FileServices services;
  private final Payments payments;
  private final Map<String, Activity> activities = new LinkedHashMap<>();

  Activities(NodeContext context, ExeUnits units, FileServices services, Payments payments) {
    this.context = context;
    this.units = units;
    this.services = services;
    this.payments = payments;
  }

  /** Starts an exe-unit; of a mute provider nothing is heard until the timeout. */
  CompletableFuture<Reply> create(AgreementEntry agreement, Duration timeout, boolean asObject) {
    synchronized (context.lock) {
      if (!agreement.is(AgreementEntry.APPROVED)) {
        throw new ApiException(400, "Bad request: agreement is in state " + agreement.state);
      }
      agreement.provider.requireReachable();
      if (agreement.provider.has(ProviderFault.MUTE)) {
        return silence(timeout);
      }
      if (!agreement.activities.isEmpty() && !agreement.severalActivities()) {
        throw new ApiException(500, "Service error: the agreement allows a single activity");
      }
      Activity activity = new Activity(context.hex(32), agreement, units, services);
      activities.put(activity.id, activity);
      agreement.activities.add(activity);
      payments.activityCreated(activity);
      Object body = asObject ? Map.of("activityId", activity.id) : activity.id;
      return CompletableFuture.completedFuture(Reply.json(200, body));
    }
  }

  private CompletableFuture<Reply> silence(Duration timeout) {
    return new Topic(context)
        .await(
            timeout.plusSeconds(1),
            () -> null,
            () -> {
              throw ApiException.timeout();
            });
  }

  List<String> ofAgreement(@Nullable String agreementId) {
    synchronized (context.lock) {
      return activities.values().stream()
          .filter(each -> each.agreement.id.equals(agreementId))
          .map(each -> each.id)
          .toList();
    }
  }

  /** An activity we know, running or not; the daemon fails internally on others. */
  Activity get(String id) {
    synchronized (context.lock) {
      Activity activity = activities.get(id);
      if (activity == null) {
        throw new ApiException(500, "Internal error: DAO error: not found: activity " + id);
      }
      return activity;
    }
  }

  /** Does {@code answer} if the exe-unit can be asked; fails or lets wait otherwise. */
  CompletableFuture<Reply> ask(String id, Duration timeout, Function<Activity, Reply> answer) {
    synchronized (context.lock) {
      Activity activity = get(id);
      if (!activity.over()) {
        activity.agreement.provider.requireReachable();
        if (activity.agreement.provider.has(ProviderFault.MUTE)) {
          return silence(timeout);
        }
      }
      return CompletableFuture.completedFuture(answer.apply(activity));
    }
  }

  Reply usage(Activity activity) {
    return Reply.json(200, new ActivityUsage(activity.usage(), context.now().getEpochSecond()));
  }

  /** The batch, of an exe-unit that can still be asked. */
  ExeBatch batch(String id, String batchId) {
    synchronized (context.lock) {
      Activity activity = get(id);
      activity.agreement.provider.requireReachable();
      try {
        return activity.unit.batch(batchId);
      } catch (ExeException e) {
        throw refusal(activity, e);
      }
    }
  }

  /** What the daemon makes of an exe-unit's refusal, or of its absence. */
  private static ApiException refusal(Activity activity, ExeException problem) {
    return switch (problem.kind()) {
      case NOT_FOUND -> new ApiException(404, "Not found: " + problem.text());
      case BAD_REQUEST -> new ApiException(400, "Bad request: " + problem.text());
      case TIMEOUT -> ApiException.timeout();
      case GONE -> ApiException.unreachable(activity.agreement.provider.address(activity.id));
    };
  }

  CompletableFuture<Reply> results(
      String id, String batchId, Duration timeout, @Nullable Integer index) {
    Activity activity;
    ExeBatch batch;
    synchronized (context.lock) {
      activity = get(id);
      batch = batch(id, batchId);
      if (activity.agreement.provider.has(ProviderFault.MUTE)) {
        return silence(timeout);
      }
    }
    CompletableFuture<List<CommandResult>> results =
        index == null ? batch.results(timeout) : batch.results(timeout, index);
    return results
        .thenApply(each -> Reply.json(200, each))
        .exceptionally(
            problem -> {
              Throwable cause =
                  problem instanceof CompletionException ? problem.getCause() : problem;
              if (cause instanceof ExeException known) {
                return refusal(activity, known).reply();
              }
              throw new CompletionException(cause);
            });
  }

  /** Begins to execute a script. One that comes while another runs fails at its first command. */
  CompletableFuture<Reply> execute(String id, Duration timeout, String text) {
    List<ExeCommand> commands = parse(text);
    synchronized (context.lock) {
      Activity activity = get(id);
      activity.agreement.provider.requireReachable();
      if (activity.agreement.provider.has(ProviderFault.MUTE) && !activity.over()) {
        return silence(timeout);
      }
      String batchId = context.hex(32);
      try {
        activity.unit.exec(batchId, commands);
      } catch (ExeException e) {
        throw refusal(activity, e);
      }
      return CompletableFuture.completedFuture(Reply.json(200, batchId));
    }
  }

  private static List<ExeCommand> parse(String text) {
    List<ExeCommand> commands;
    try {
      commands = ExeScript.parse(text).commands();
    } catch (JsonProcessingException e) {
      throw new ApiException(400, "Bad request: " + e.getOriginalMessage());
    } catch (NullPointerException e) {
      throw new ApiException(400, "Bad request: null is not a command");
    }
    for (ExeCommand command : commands) {
      if (incomplete(command)) {
        throw new ApiException(400, "Bad request: missing field in " + command);
      }
    }
    return commands;
  }

  /** JSON may have left out what the records promise. */
  private static boolean incomplete(ExeCommand command) {
    if (command instanceof ExeCommand.Run run) {
      return Call.lacks(run.entryPoint());
    }
    return command instanceof ExeCommand.Transfer transfer
        && (Call.lacks(transfer.from()) || Call.lacks(transfer.to()));
  }

  /** Ends an activity; completes when nothing of it runs any more. */
  private CompletableFuture<Void> end(Activity activity, @Nullable String reason) {
    if (!activity.over()) {
      var unused = activity.unit.end(reason).thenRun(() -> finish(activity));
    }
    return activity.closed;
  }

  private void finish(Activity activity) {
    synchronized (context.lock) {
      activity.closed.complete(null);
      AgreementEntry agreement = activity.agreement;
      payments.activityEnded(activity);
      if (agreement.is(AgreementEntry.TERMINATED)) {
        closeAccount(agreement);
      } else if (!agreement.severalActivities()) {
        agreement.endByProvider("Success", "Finished with its only activity");
      } else {
        watchIdle(agreement);
      }
    }
  }

  void agreementApproved(AgreementEntry agreement) {
    watchIdle(agreement);
  }

  /** A provider drops an agreement that has had no activity for a while. */
  private void watchIdle(AgreementEntry agreement) {
    int before = agreement.activities.size();
    context.later(
        context.timings.idleAgreement(),
        () -> {
          if (agreement.activities.size() == before && agreement.allActivitiesEnded()) {
            agreement.endByProvider("NoActivity", "No activity created within 90s");
          }
        });
  }

  void agreementTerminated(AgreementEntry agreement) {
    String reason = "Agreement terminated";
    for (Activity activity : agreement.activities) {
      var unused = end(activity, reason);
    }
    closeAccount(agreement);
  }

  private void closeAccount(AgreementEntry agreement) {
    if (agreement.allActivitiesEnded()) {
      payments.agreementEnded(agreement);
    }
  }

  CompletableFuture<Reply> destroy(String id, Duration timeout) {
    synchronized (context.lock) {
      Activity activity = get(id);
      activity.agreement.provider.requireReachable();
      if (activity.agreement.provider.has(ProviderFault.MUTE)) {
        return silence(timeout);
      }
      Topic closed = new Topic(context);
      CompletableFuture<Reply> answer =
          closed.await(
              timeout,
              () -> activity.closed() ? Reply.jsonNull() : null,
              () -> {
                throw ApiException.timeout();
              });
      var unused = end(activity, null).thenRun(closed::changed);
      return answer;
    }
  }
}
