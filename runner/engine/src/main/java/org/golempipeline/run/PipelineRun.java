package org.golempipeline.run;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import org.golempipeline.event.EventSink;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.golem.SessionTerms;
import org.golempipeline.journal.MessageLog;
import org.golempipeline.journal.ProviderFailures;
import org.golempipeline.journal.RunHistories;
import org.golempipeline.journal.RunParams;
import org.golempipeline.plan.LocalShell;
import org.golempipeline.plan.Plan;
import org.golempipeline.run.RunSettings.Target;
import org.golempipeline.schedule.Action;
import org.golempipeline.schedule.Message;
import org.golempipeline.schedule.Policy;
import org.golempipeline.schedule.Scheduler;
import org.golempipeline.schedule.SchedulerSetup;
import org.golempipeline.spec.Secrets;
import org.jspecify.annotations.Nullable;

/**
 * One run of a plan. The calling thread owns all decisions: it takes a message, asks the scheduler,
 * appends the events and starts the actions, which answer with messages from other threads.
 */
public final class PipelineRun {
  /** The allocation outlives the last agreement by this much, so that invoices can be accepted. */
  private static final Duration ALLOCATION_GRACE = Duration.ofHours(2);

  private final Plan plan;
  private final RunSettings settings;
  private final Discretion discretion;
  private final List<EventSink> sinks;
  private final Clock clock;
  private final RunFolder folder;
  private final Stages stages;
  private final Rentals rentals;
  private final Scheduler scheduler;
  private final SchedulerSetup setup;
  private final BlockingDeque<Message> mailbox = new LinkedBlockingDeque<>();
  private @Nullable Instant alarm;
  private long nextEvent;

  /** What was last said of the cache. */
  private @Nullable String told;

  private RunEvent.@Nullable RunFinished finished;

  public PipelineRun(
      Plan plan, RunSettings settings, LocalShell shell, List<EventSink> sinks, Clock clock) {
    this.plan = plan;
    this.settings = settings;
    this.discretion = new Discretion(Secrets.of(plan.spec().params()));
    this.clock = clock;
    this.sinks = List.copyOf(sinks);
    this.folder = new RunFolder(settings.runFolder());
    var pools = new Pools(plan, settings.target(), settings.fresh());
    var session = session();
    var reuse = new Reuse(plan, settings);
    this.stages = new Stages(plan, settings, folder, reuse, shell, this::tell);
    this.rentals =
        new Rentals(plan, settings, pools, session, reuse.banned(), failures(), clock, this::tell);
    this.setup =
        new SchedulerSetup(
            started(),
            new RunEvent.AllocationRequested(
                session.budget(), session.allocationTimeout(), session.platform()),
            pools.stages(),
            pools.pools(),
            policy());
    this.scheduler = new Scheduler(setup, stages::label);
  }

  /** What cannot be read pauses nobody. */
  private Map<String, ProviderFailures.Failed> failures() {
    if (settings.target() != Target.GOLEM) {
      return Map.of();
    }
    try {
      return ProviderFailures.read(
          RunHistories.beside(settings.runFolder()), clock.instant().minus(ProviderPauses.MEMORY));
    } catch (IOException e) {
      return Map.of();
    }
  }

  private RunEvent.RunStarted started() {
    return new RunEvent.RunStarted(
        settings.runId(),
        plan.spec().name(),
        settings.file(),
        settings.target().name().toLowerCase(Locale.ROOT),
        settings.sessionId(),
        settings.workers(),
        plan.stages().stream().map(stage -> stage.name().value()).toList(),
        RunParams.of(plan.spec()),
        RunParams.digest(plan.spec().wholeText()),
        plan.spec().profiles());
  }

  private SessionTerms session() {
    var golem = plan.spec().golem();
    var timeout = clock.instant().plus(settings.duration()).plus(ALLOCATION_GRACE);
    return new SessionTerms(
        settings.sessionId(),
        settings.runId(),
        settings.budget(),
        Instant.ofEpochMilli(timeout.toEpochMilli()),
        golem.platform(),
        golem.subnet());
  }

  private Policy policy() {
    var seed = settings.sessionId().hashCode() * 0x9e3779b97f4a7c15L;
    return settings.target() == Target.LOCAL
        ? Policy.local(
            settings.workers(), settings.budget(), settings.reuse(), seed, settings.duration())
        : Policy.golem(
            settings.workers(), settings.budget(), settings.reuse(), seed, settings.duration());
  }

  /**
   * Executes the plan and returns when it is over and everything is let go. Never throws for what
   * goes wrong with the run: that is in the last event.
   *
   * @throws IOException if the run's own folder cannot be written
   */
  public RunEvent.RunFinished run() throws IOException, InterruptedException {
    folder.create();
    try (var messages = MessageLog.create(folder.root(), setup)) {
      // Somebody may have wanted its end already.
      mailbox.addFirst(new Message.Begin());
      settings.images().choices().forEach(each -> tell(new Message.Noted(each)));
      sayTroubleOfCache();
      while (finished == null) {
        step(next(), messages);
        sayTroubleOfCache();
      }
      return finished;
    } catch (RuntimeException | Error e) {
      rentals.letGo();
      throw e;
    } finally {
      stages.close();
      rentals.close();
      folder.clean();
    }
  }

  /** Each trouble once, as soon as it is known. */
  private void sayTroubleOfCache() {
    settings
        .cache()
        .trouble()
        .filter(trouble -> !trouble.equals(told))
        .ifPresent(
            trouble -> {
              told = trouble;
              warn(trouble);
            });
  }

  private void warn(String text) {
    tell(new Message.Noted(new RunEvent.Warned(text)));
  }

  /** Ends the run early and in order; may be called from any thread, more than once. */
  public void stop(String why) {
    tell(new Message.Stop(Failure.of(FailureKind.CANCELLED, why)));
  }

  /** All that the run comes to know goes through here. */
  private void tell(Message message) {
    mailbox.add(discretion.hide(message));
  }

  private Message next() throws InterruptedException {
    if (alarm == null) {
      return mailbox.take();
    }
    var wait = Duration.between(clock.instant(), alarm);
    var message = mailbox.poll(Math.max(0, wait.toMillis()), TimeUnit.MILLISECONDS);
    if (message != null) {
      return message;
    }
    alarm = null;
    return new Message.Alarm();
  }

  private void step(Message message, MessageLog messages) {
    var now = clock.instant();
    messages.append(message, now);
    var step = scheduler.on(message, now);
    for (var event : step.events()) {
      var stamped = new StampedEvent(nextEvent++, now, event);
      sinks.forEach(sink -> sink.accept(stamped));
      if (event instanceof RunEvent.RunFinished end) {
        finished = end;
      }
    }
    step.actions().forEach(this::perform);
  }

  private void perform(Action action) {
    if (action instanceof Action.OpenNetwork) {
      rentals.open();
    } else if (action instanceof Action.Rent rent) {
      rentals.rent(rent);
    } else if (action instanceof Action.Pause pause) {
      rentals.pause(pause.provider());
    } else if (action instanceof Action.CloseRental close) {
      rentals.close(close);
    } else if (action instanceof Action.Ban ban) {
      rentals.ban(ban.provider());
      stages.ban(ban.provider());
    } else if (action instanceof Action.Settle settle) {
      rentals.settle(settle.limit());
    } else if (action instanceof Action.Execute execute) {
      stages.execute(execute, rentals.get(execute.rental()));
    } else if (action instanceof Action.WakeAt wake) {
      alarm = wake.at();
    } else if (!(action instanceof Action.Finish)) {
      stages.perform(action);
    }
  }
}
