package org.golempipeline.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.golempipeline.event.EventSink;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.RunEvent;
import org.golempipeline.golem.EndReason;
import org.golempipeline.golem.GolemNetwork;
import org.golempipeline.golem.Rental;
import org.golempipeline.golem.RentalTerms;
import org.golempipeline.golem.SessionTerms;
import org.golempipeline.golem.Yagna;
import org.golempipeline.image.ServedImages;
import org.golempipeline.plan.LocalShell;
import org.golempipeline.plan.Plan;
import org.golempipeline.plan.StagePlan;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a plan. The calling thread owns all decisions: it takes a message, asks the scheduler,
 * appends the events and starts the actions, which answer with messages from other threads.
 */
public final class PipelineRun {
  /** The allocation outlives the last agreement by this much, so that invoices can be accepted. */
  private static final Duration ALLOCATION_GRACE = Duration.ofHours(2);

  /** How long the end may take of a run that cannot even keep its journal. */
  private static final Duration LAST_LIMIT = Duration.ofSeconds(20);

  private static final Logger LOG = LoggerFactory.getLogger(PipelineRun.class);

  private static final BigDecimal HOUR = BigDecimal.valueOf(3600);

  private final Plan plan;
  private final RunSettings settings;
  private final EventLog log;
  private final Clock clock;
  private final Pools pools;
  private final RunFolder folder;
  private final Stages stages;
  private final Scheduler scheduler;
  private final SessionTerms session;
  private final BlockingQueue<Message> mailbox = new LinkedBlockingQueue<>();
  private final Map<Integer, CompletableFuture<Rental>> rentals = new TreeMap<>();
  private @Nullable GolemNetwork network;
  private @Nullable ServedImages images;
  private @Nullable Instant alarm;
  private RunEvent.@Nullable RunFinished finished;

  public PipelineRun(
      Plan plan, RunSettings settings, LocalShell shell, List<EventSink> sinks, Clock clock) {
    this.plan = plan;
    this.settings = settings;
    this.clock = clock;
    this.log = new EventLog(sinks);
    this.pools = Pools.of(plan);
    this.folder = new RunFolder(settings.runFolder());
    this.stages = new Stages(plan, settings, folder, shell, this::tell);
    this.session = session();
    this.scheduler =
        new Scheduler(
            new RunEvent.RunStarted(
                settings.runId(),
                plan.spec().name(),
                settings.file(),
                settings.target().name().toLowerCase(java.util.Locale.ROOT),
                settings.sessionId(),
                settings.workers(),
                plan.stages().stream().map(stage -> stage.name().value()).toList()),
            new RunEvent.AllocationRequested(
                session.budget(), session.allocationTimeout(), session.platform()),
            pools.setups(),
            pools.pools().stream().map(Pool::label).toList(),
            policy(),
            stages::label);
  }

  private SessionTerms session() {
    var golem = plan.spec().golem();
    var token = List.of("mainnet", "polygon").contains(golem.network()) ? "glm" : "tglm";
    var timeout = clock.instant().plus(settings.duration()).plus(ALLOCATION_GRACE);
    return new SessionTerms(
        settings.sessionId(),
        settings.runId(),
        settings.budget(),
        Instant.ofEpochMilli(timeout.toEpochMilli()),
        golem.driver() + "-" + golem.network() + "-" + token,
        golem.subnet());
  }

  private Policy policy() {
    return settings.target() == RunSettings.Target.LOCAL
        ? Policy.local(settings.workers(), settings.budget(), settings.duration())
        : Policy.golem(settings.workers(), settings.budget(), settings.duration());
  }

  /**
   * Executes the plan and returns when it is over and everything is let go. Never throws for what
   * goes wrong with the run: that is in the last event.
   *
   * @throws IOException if the run's own folder cannot be written
   */
  public RunEvent.RunFinished run() throws IOException, InterruptedException {
    folder.create();
    try {
      tell(new Message.Begin());
      sayThatImagesAreNotUnpacked();
      while (finished == null) {
        step(next());
      }
      return finished;
    } catch (RuntimeException e) {
      letGo();
      throw e;
    } finally {
      stages.close();
      if (network != null) {
        network.close();
      }
      if (images != null) {
        images.close();
      }
      folder.clean();
    }
  }

  private void sayThatImagesAreNotUnpacked() {
    var images = new java.util.TreeSet<String>();
    for (var stage : plan.stages()) {
      if (stage.spec().image() != null) {
        images.add("`" + stage.spec().image() + "`");
      }
    }
    if (settings.target() == RunSettings.Target.LOCAL && !images.isEmpty()) {
      var text = "%s: not unpacked here, this machine's own programs run.";
      tell(new Message.Noted(new RunEvent.Warned(text.formatted(String.join(", ", images)))));
    }
  }

  /** The run cannot go on, not even its journal: what is rented must not stay so. */
  private void letGo() throws InterruptedException {
    if (network != null) {
      try {
        network.settle(LAST_LIMIT).get(2 * LAST_LIMIT.toSeconds(), TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        LOG.warn("could not settle", e);
      }
    }
  }

  /** Ends the run early and in order; may be called from any thread, more than once. */
  public void stop(String why) {
    tell(new Message.Stop(Failure.of(FailureKind.CANCELLED, why)));
  }

  private void tell(Message message) {
    mailbox.add(message);
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

  private void step(Message message) {
    var now = clock.instant();
    var step = scheduler.on(message, now);
    for (var event : step.events()) {
      log.append(event, now);
      if (event instanceof RunEvent.RunFinished end) {
        finished = end;
      }
    }
    step.actions().forEach(this::perform);
  }

  private void perform(Action action) {
    if (action instanceof Action.OpenNetwork) {
      openNetwork();
    } else if (action instanceof Action.Expand expand) {
      stages.expand(expand.stage());
    } else if (action instanceof Action.Rent rent) {
      rent(rent);
    } else if (action instanceof Action.CloseRental close) {
      closeRental(close);
    } else if (action instanceof Action.Execute execute) {
      var rental = Objects.requireNonNull(rentals.get(execute.rental())).join();
      stages.execute(execute, rental);
    } else if (action instanceof Action.Feed feed) {
      stages.feed(feed);
    } else if (action instanceof Action.FinishMerge finish) {
      stages.finishMerge(finish);
    } else if (action instanceof Action.Publish) {
      stages.publish();
    } else if (action instanceof Action.Settle settle) {
      settle(settle.limit());
    } else if (action instanceof Action.WakeAt wake) {
      alarm = wake.at();
    } else if (!(action instanceof Action.Finish)) {
      throw new AssertionError(action);
    }
  }

  private void openNetwork() {
    try {
      stages.checkOutputs();
    } catch (StagesException e) {
      tell(new Message.NetworkFailed(e.failure()));
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var opening =
        Yagna.open(
            settings.connection(),
            session,
            event -> tell(new Message.Noted(GolemEvents.toRunEvent(event))));
    opening.whenComplete(
        (opened, thrown) -> {
          if (thrown != null) {
            tell(new Message.NetworkFailed(GolemEvents.toFailure(thrown)));
          } else {
            network = opened;
            serveImages(opened);
          }
        });
  }

  /** Nothing is rented before; if it fails, what was opened is settled like any other. */
  private void serveImages(GolemNetwork opened) {
    settings
        .images()
        .serve(opened)
        .whenComplete(
            (served, thrown) -> {
              if (thrown != null) {
                tell(new Message.Stop(GolemEvents.toFailure(thrown)));
              } else {
                images = served;
              }
              tell(new Message.NetworkOpened());
            });
  }

  private void rent(Action.Rent rent) {
    CompletableFuture<Rental> renting;
    try {
      renting = Objects.requireNonNull(network).rent(terms(rent));
    } catch (RuntimeException e) {
      renting = CompletableFuture.failedFuture(e);
    }
    rentals.put(rent.rental(), renting);
    renting.whenComplete(
        (rental, thrown) -> {
          if (thrown != null) {
            tell(new Message.RentalFailed(rent.rental(), GolemEvents.toFailure(thrown)));
            return;
          }
          tell(
              new Message.RentalOpened(
                  rent.rental(),
                  rental.agreementId(),
                  rental.provider().id(),
                  rental.provider().name(),
                  rental.provider().threads(),
                  rental.pricing().start(),
                  rental.pricing().cpuSecond(),
                  rental.pricing().envSecond()));
          rental.lost().thenAccept(why -> tell(new Message.RentalLost(rent.rental(), why)));
        });
  }

  private RentalTerms terms(Action.Rent rent) {
    var pool = pools.get(rent.pool());
    var golem = plan.spec().golem();
    var image = Objects.requireNonNull(images).get(pool.image());
    var deny = new java.util.HashSet<>(rent.deny());
    deny.addAll(golem.deny());
    return new RentalTerms(
        image.sha3(),
        image.url(),
        pool.resources().threads(),
        pool.resources().memory(),
        pool.resources().storage(),
        pool.resources().capabilities(),
        clock.instant().plus(settings.duration()),
        golem.startPrice(),
        perSecond(golem.cpuPrice()),
        perSecond(golem.envPrice()),
        java.util.Set.copyOf(golem.allow()),
        deny,
        pool.timeouts().negotiate(),
        pool.timeouts().deploy());
  }

  private static @Nullable BigDecimal perSecond(@Nullable BigDecimal perHour) {
    return perHour == null ? null : perHour.divide(HOUR, java.math.MathContext.DECIMAL128);
  }

  private void closeRental(Action.CloseRental close) {
    var renting = Objects.requireNonNull(rentals.get(close.rental()));
    if (!renting.isDone()) {
      renting.cancel(true);
      return;
    }
    if (renting.isCompletedExceptionally()) {
      return;
    }
    var reason =
        close.success() ? EndReason.success(close.reason()) : EndReason.cancelled(close.reason());
    renting
        .join()
        .close(reason)
        .whenComplete((nothing, thrown) -> tell(new Message.RentalClosed(close.rental())));
  }

  private void settle(Duration limit) {
    Objects.requireNonNull(network)
        .settle(limit)
        .whenComplete(
            (done, thrown) ->
                tell(
                    done == null
                        ? new Message.Settled(
                            BigDecimal.ZERO, 0, List.of(String.valueOf(thrown.getMessage())))
                        : new Message.Settled(
                            done.accepted(), done.agreements(), done.outstanding())));
  }

  /** Which stages can share machines, and what the scheduler knows of each. */
  private record Pools(List<Pool> pools, List<StageSetup> setups) {
    static Pools of(Plan plan) {
      var pools = new ArrayList<Pool>();
      var numbers = new java.util.HashMap<org.golempipeline.spec.StageName, Integer>();
      var setups = new ArrayList<StageSetup>();
      for (var stage : plan.stages()) {
        numbers.put(stage.name(), stage.number());
        setups.add(setup(stage, poolOf(pools, stage), numbers));
      }
      return new Pools(List.copyOf(pools), List.copyOf(setups));
    }

    private static int poolOf(List<Pool> pools, StagePlan stage) {
      var spec = stage.spec();
      for (var i = 0; i < pools.size(); i++) {
        if (pools.get(i).fits(spec.image(), spec.resources())) {
          return i;
        }
      }
      pools.add(new Pool(spec.image(), spec.resources(), spec.timeouts()));
      return pools.size() - 1;
    }

    private static StageSetup setup(
        StagePlan stage, int pool, Map<org.golempipeline.spec.StageName, Integer> numbers) {
      var spec = stage.spec();
      var combinations = 1;
      for (var axis : spec.matrix()) {
        combinations *= axis.values().count();
      }
      return new StageSetup(
          spec.name().value(),
          pool,
          spec.needs().stream().map(numbers::get).toList(),
          spec.from().stream().map(numbers::get).toList(),
          combinations,
          stage.flow() == StagePlan.Flow.FRAGMENT_BY_FRAGMENT,
          stage.merge().result(),
          spec.retry(),
          spec.timeouts());
    }

    Pool get(int number) {
      return pools.get(number);
    }
  }
}
