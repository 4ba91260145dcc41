package org.golempipeline.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.commons.io.FileUtils;
import org.golempipeline.golem.wire.ActivityUsage;
import org.golempipeline.golem.wire.ExeCommand;
import org.golempipeline.golem.wire.ExeScript;
import org.golempipeline.golem.wire.RuntimeEvent;
import org.jspecify.annotations.Nullable;

/**
 * Activities from creation to the last of their processes. Methods take the context's lock and
 * return at once; killing happens on the pool.
 */
final class Activities {
  private static final long STOP_SECONDS = 5;

  private final NodeContext context;
  private final Path scratch;
  private final Programs programs;
  private final Transfers transfers;
  private final Payments payments;
  private final CpuClock cpuClock = new CpuClock();
  private final Map<String, Activity> activities = new LinkedHashMap<>();
  private int deployments;

  Activities(
      NodeContext context,
      Path scratch,
      Programs programs,
      Transfers transfers,
      Payments payments) {
    this.context = context;
    this.scratch = scratch;
    this.programs = programs;
    this.transfers = transfers;
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
      Activity activity = new Activity(context, context.hex(32), agreement);
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
  Batch batch(String id, String batchId) {
    synchronized (context.lock) {
      Activity activity = get(id);
      requireAlive(activity);
      Batch batch = activity.batches.get(batchId);
      if (batch == null) {
        throw new ApiException(404, "Not found: batch_id = " + batchId);
      }
      return batch;
    }
  }

  private static void requireAlive(Activity activity) {
    activity.agreement.provider.requireReachable();
    if (activity.over()) {
      throw ApiException.unreachable("/public/exeunit/" + activity.id);
    }
  }

  CompletableFuture<Reply> results(
      String id, String batchId, Duration timeout, @Nullable Integer index) {
    synchronized (context.lock) {
      Activity activity = get(id);
      Batch batch = batch(id, batchId);
      if (activity.agreement.provider.has(ProviderFault.MUTE)) {
        return silence(timeout);
      }
      Runnable alive = () -> requireAlive(activity);
      return index == null ? batch.poll(timeout, alive) : batch.poll(timeout, index, alive);
    }
  }

  /** Begins to execute a script. One that comes while another runs fails at its first command. */
  CompletableFuture<Reply> execute(String id, Duration timeout, String text) {
    List<ExeCommand> commands = parse(text);
    synchronized (context.lock) {
      Activity activity = get(id);
      requireAlive(activity);
      if (activity.agreement.provider.has(ProviderFault.MUTE)) {
        return silence(timeout);
      }
      Batch batch = new Batch(context, context.hex(32), commands);
      activity.batches.put(batch.id, batch);
      if (commands.size() == 1 && commands.get(0) instanceof ExeCommand.Terminate) {
        context.pool.execute(() -> terminate(activity, batch));
      } else if (activity.running != null) {
        batch.finish(0, -1, "State error: Busy: a command is running", null, null);
        batch.done.complete(null);
      } else if (!commands.isEmpty()) {
        activity.running = batch;
        context.pool.execute(unit(activity, batch));
      }
      return CompletableFuture.completedFuture(Reply.json(200, batch.id));
    }
  }

  private ScriptRunner unit(Activity activity, Batch batch) {
    return new ScriptRunner(context, programs, transfers, cpuClock, this, activity, batch);
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
  @SuppressWarnings("ConstantValue")
  private static boolean incomplete(ExeCommand command) {
    if (command instanceof ExeCommand.Run run) {
      return isNull(run.entryPoint());
    }
    return command instanceof ExeCommand.Transfer transfer
        && (isNull(transfer.from()) || isNull(transfer.to()));
  }

  private static boolean isNull(@Nullable Object value) {
    return value == null;
  }

  /** A new folder for a deployment. */
  Path newRoot() {
    synchronized (context.lock) {
      deployments++;
      return scratch.resolve("a" + deployments);
    }
  }

  /** A batch with nothing but {@code terminate}: stops the machine whatever it does. */
  private void terminate(Activity activity, Batch batch) {
    Batch stopped;
    boolean transferring;
    synchronized (context.lock) {
      stopped = activity.running;
      transferring = activity.command instanceof ExeCommand.Transfer;
      if (stopped != null) {
        stopped.aborted = true;
      }
    }
    programs.killAll(activity.id);
    if (stopped != null && !transferring) {
      awaitDone(stopped);
    }
    synchronized (context.lock) {
      batch.publish(0, RuntimeEvent.Kind.ofStarted(batch.commands.get(0)));
      if (!activity.over()) {
        reset(activity);
        batch.finish(0, 0, null, null, null);
      }
    }
    batch.done.complete(null);
  }

  /** Forgets what was deployed; the caller holds the lock and has killed all processes. */
  void reset(Activity activity) {
    Deployment deployment = activity.deployment;
    activity.deployment = null;
    activity.state = Activity.INITIALIZED;
    if (deployment != null) {
      remove(deployment);
    }
  }

  private void remove(Deployment deployment) {
    context.pool.execute(() -> FileUtils.deleteQuietly(deployment.root().toFile()));
  }

  private static void awaitDone(Batch batch) {
    try {
      batch.done.get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // It has been killed or told to stop; more can not be done.
    }
  }

  /** Ends an activity; completes when nothing of it runs any more. */
  CompletableFuture<Void> end(Activity activity, @Nullable String reason) {
    synchronized (context.lock) {
      if (!activity.over()) {
        activity.markEnd(reason);
        stop(activity, () -> finish(activity));
      }
      return activity.killed;
    }
  }

  /** Kills what runs and lets pending requests find out; the caller holds the lock. */
  void stop(Activity activity, Runnable then) {
    Batch running = activity.running;
    if (running != null) {
      running.aborted = true;
    }
    if (activity.worker != null && activity.process == null) {
      activity.worker.interrupt();
    }
    activity.batches.values().forEach(Batch::gone);
    context.pool.execute(
        () -> {
          programs.killAll(activity.id);
          if (running != null) {
            awaitDone(running);
          }
          then.run();
        });
  }

  private void finish(Activity activity) {
    synchronized (context.lock) {
      activity.killed.complete(null);
      AgreementEntry agreement = activity.agreement;
      Deployment deployment = activity.deployment;
      if (deployment != null) {
        remove(deployment);
      }
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
      Topic killed = new Topic(context);
      CompletableFuture<Reply> answer =
          killed.await(
              timeout,
              () -> activity.killed() ? Reply.jsonNull() : null,
              () -> {
                throw ApiException.timeout();
              });
      var unused = end(activity, null).thenRun(killed::changed);
      return answer;
    }
  }
}
