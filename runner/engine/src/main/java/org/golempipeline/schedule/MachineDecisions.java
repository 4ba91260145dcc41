package org.golempipeline.schedule;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.jspecify.annotations.Nullable;

/**
 * What is decided about machines: which to rent and to let go, and what each is sent. Of a stage it
 * knows what waits to be sent, not what became of it.
 */
final class MachineDecisions {
  /** A script is cut no sooner than this after the time that its fragments may take. */
  private static final Duration SCRIPT_GRACE = Duration.ofSeconds(30);

  /** So many waiting fragments are looked at to see whether a machine must be rented for them. */
  private static final int LOOKED_AT = 4;

  private final Decisions decisions;
  private final Policy policy;
  private final Budget budget;
  private final List<StageState> stages;
  private final List<PoolState> pools = new ArrayList<>();
  private final Map<Integer, RentalState> rentals = new TreeMap<>();
  private final Map<Integer, Batch> batches = new TreeMap<>();
  private final Set<String> providers = new TreeSet<>();
  private final Set<String> banned = new TreeSet<>();

  /** What this machine is called where it computes audits. */
  private final Set<String> ourselves = new TreeSet<>();

  /** By wallet, the providers that were rented of one operator. */
  private final Map<String, Set<String>> operators = new TreeMap<>();

  /** Scripts whose fragments run elsewhere too. */
  private final Set<Batch> raced = new LinkedHashSet<>();

  private final Setbacks setbacks;
  private final Stragglers stragglers;
  private Instant marketClosedUntil = Instant.MIN;
  private boolean nobodyElse;

  /** The market had nobody the last time: it is asked for one machine after the other. */
  private boolean marketEmpty;

  /** A machine was too dear: no other is asked for before a script has ended. */
  private boolean spent;

  private int nextRental;
  private int nextBatch;

  /** The machines of one pool, by what they do. */
  private static final class PoolState {
    final int number;
    final PoolSetup setup;

    /** In the order in which they fell idle. */
    final Set<RentalState> idle = new LinkedHashSet<>();

    int requested;

    /** Requested, idle or busy. */
    int open;

    PoolState(int number, PoolSetup setup) {
      this.number = number;
      this.setup = setup;
    }
  }

  MachineDecisions(
      Decisions decisions,
      Policy policy,
      Setbacks setbacks,
      List<PoolSetup> setups,
      List<StageState> stages) {
    this.decisions = decisions;
    this.setbacks = setbacks;
    this.policy = policy;
    this.stages = stages;
    this.budget = new Budget(policy);
    this.stragglers = new Stragglers(policy);
    setups.forEach(setup -> pools.add(new PoolState(pools.size(), setup)));
  }

  /** Whether nothing is rented or on its way any more. */
  boolean nothingLeft() {
    return rentals.isEmpty() && batches.isEmpty();
  }

  boolean isThisMachine(String provider) {
    return ourselves.contains(provider);
  }

  int providersSeen() {
    return providers.size();
  }

  // ---- what happened

  void opened(Message.RentalOpened opened) {
    var rental = rentals.get(opened.rental());
    if (rental == null || rental.opened) {
      return;
    }
    setbacks.answered();
    marketEmpty = false;
    (rental.local ? ourselves : providers).add(opened.providerId());
    know(rental, opened);
    budget.opened(rental);
    decisions.emit(
        new RunEvent.RentalOpened(
            opened.rental(),
            opened.agreementId(),
            opened.providerId(),
            opened.providerName(),
            opened.threads(),
            opened.startPrice(),
            opened.cpuSecondPrice(),
            opened.envSecondPrice()));
    if (rental.phase == RentalState.Phase.REQUESTED) {
      pool(rental).requested--;
      rental.phase = RentalState.Phase.BUSY;
      idle(rental);
      if (banned.contains(rental.provider)) {
        end(rental, false, "it gave false results before");
      } else if (budget.passed()) {
        spent = true;
        end(rental, true, "it costs more than is left of the budget");
      }
    } else {
      budget.keptUntil(rental, decisions.now());
    }
  }

  private void know(RentalState rental, Message.RentalOpened opened) {
    rental.provider = opened.providerId();
    rental.wallet = opened.wallet();
    rental.start = opened.startPrice();
    rental.rate =
        opened
            .envSecondPrice()
            .add(opened.cpuSecondPrice().multiply(BigDecimal.valueOf(opened.threads())));
    rental.openedAt = decisions.now();
    rental.opened = true;
    operators.computeIfAbsent(rental.wallet, each -> new TreeSet<>()).add(rental.provider);
  }

  void failed(Message.RentalFailed failed) {
    var rental = rentals.get(failed.rental());
    if (rental == null || rental.opened) {
      return;
    }
    rentals.remove(rental.id);
    budget.closed(rental, decisions.now());
    decisions.emit(new RunEvent.RentalFailed(rental.id, failed.failure()));
    if (rental.phase == RentalState.Phase.ENDING) {
      decisions.emit(new RunEvent.RentalClosed(rental.id));
      return;
    }
    pool(rental).requested--;
    pool(rental).open--;
    notRented(failed.failure());
  }

  private void notRented(Failure reason) {
    switch (reason.kind()) {
      case MARKET -> {
        leaveTheMarket();
        marketEmpty = true;
        setbacks.answered();
        freeTheTried();
        if (rentals.isEmpty() && !nobodyElse) {
          decisions.stop(reason);
        }
      }
      case YAGNA -> daemonSilent(reason);
      case PROVIDER, DEADLINE -> setbacks.machineFailed(reason);
      case COMMAND, BUDGET, PAYMENT, CANCELLED -> decisions.stop(reason);
    }
  }

  /** Nothing is asked of a daemon that does not answer for a while. */
  void daemonSilent(Failure reason) {
    leaveTheMarket();
    setbacks.daemonSilent(reason);
  }

  private void leaveTheMarket() {
    marketClosedUntil = decisions.now().plus(policy.marketPause());
  }

  void lost(Message.RentalLost lost) {
    var rental = rentals.get(lost.rental());
    if (rental != null) {
      rental.lost = true;
      end(rental, false, lost.reason());
    }
  }

  /** Scripts of a machine that is gone and that nobody said anything of. */
  List<Batch> leftOn(int id) {
    var rental = rentals.get(id);
    return rental == null || rental.phase != RentalState.Phase.ENDING
        ? List.of()
        : List.copyOf(rental.batches);
  }

  void closed(Message.RentalClosed closed) {
    var rental = rentals.get(closed.rental());
    if (rental != null && rental.phase == RentalState.Phase.ENDING) {
      rentals.remove(rental.id);
      budget.closed(rental, decisions.now());
      decisions.emit(new RunEvent.RentalClosed(rental.id));
    }
  }

  /** A script is over, whatever came of it; null if nobody waits for it any more. */
  @Nullable Batch take(int id) {
    var batch = batches.remove(id);
    if (batch == null) {
      return null;
    }
    var rental = batch.rental;
    rental.batches.remove(batch);
    raced.remove(batch);
    spent = false;
    batch.stage.back(batch.fragments);
    var next = rental.batches.peekFirst();
    if (next != null) {
      next.begun = decisions.now();
      budget.keptUntil(rental, decisions.now().plus(next.limit));
    } else {
      idle(rental);
    }
    return batch;
  }

  /** A script on the machine went through: it has what the stage's providers get once. */
  void prepared(Batch batch) {
    batch.rental.prepared.add(batch.stage.number);
  }

  /** Keeps a machine that works supplied. */
  void supply(Batch returned) {
    var rental = returned.rental;
    if (!rental.batches.isEmpty()) {
      prepareNext(rental, rental.batches.element().stage);
    }
  }

  /** A script did not go through: the machine is not used again. */
  void broken(Batch batch, String reason) {
    end(batch.rental, false, reason);
    for (var other : raced) {
      if (other.stage == batch.stage && !Collections.disjoint(other.fragments, batch.fragments)) {
        other.copied = false;
      }
    }
  }

  /** Nobody else is to be had: fragments may go back to providers that tried them before. */
  private void freeTheTried() {
    nobodyElse = false;
    for (var stage : stages) {
      for (var index : stage.retries.all()) {
        var trouble = stage.trouble(index);
        if (!trouble.anyProvider && !trouble.tried.isEmpty() && trouble.wallets.isEmpty()) {
          trouble.anyProvider = true;
          nobodyElse = true;
        }
      }
    }
  }

  // ---- decisions that others ask for

  /** Ends the machines that work for a stage whose rest is not needed. */
  void cancel(StageState stage, String reason) {
    for (var batch : List.copyOf(batches.values())) {
      if (batch.stage == stage) {
        end(batch.rental, true, reason);
      }
    }
  }

  /** Ends scripts in which everything was done elsewhere, unless they will soon end anyhow. */
  private void cancelObsolete() {
    for (var batch : List.copyOf(raced)) {
      if (batch.runs() && batch.obsolete() && stragglers.isLate(batch, decisions.now())) {
        end(batch.rental, true, "another machine was faster");
      }
    }
  }

  boolean isBanned(String provider) {
    return banned.contains(provider);
  }

  void ban(String provider) {
    banned.add(provider);
    for (var rental : List.copyOf(rentals.values())) {
      if (rental.provider.equals(provider)) {
        end(rental, false, "it gave false results");
      }
    }
  }

  void endAll(boolean success, String reason) {
    List.copyOf(rentals.values()).forEach(rental -> end(rental, success, reason));
  }

  // ---- assigning

  /** Gives every idle machine a script, later stages first so that little lies about. */
  void assign() {
    for (var pool : pools) {
      if (pool.idle.isEmpty()) {
        continue;
      }
      var due = 0;
      for (var stage : stages) {
        due += stage.setup.pool() == pool.number ? stage.due(decisions.now()) : 0;
        due += stage.setup.auditPool() == pool.number ? stage.localChecks.size() : 0;
      }
      if (due > 0) {
        List.copyOf(pool.idle).forEach(this::assign);
      }
    }
  }

  private void assign(RentalState rental) {
    for (var i = stages.size() - 1; i >= 0; i--) {
      var stage = stages.get(i);
      if (serves(rental, stage) && waiting(rental, stage) > 0 && send(rental, stage)) {
        break;
      }
    }
  }

  private static boolean serves(RentalState rental, StageState stage) {
    return rental.pool == (rental.local ? stage.setup.auditPool() : stage.setup.pool());
  }

  private int waiting(RentalState rental, StageState stage) {
    return rental.local
        ? stage.active() ? stage.localChecks.dueNow(decisions.now()) : 0
        : stage.due(decisions.now());
  }

  /** Whether the machine was given something to do, the end included. */
  private boolean send(RentalState rental, StageState stage) {
    if (!lastsFor(rental, stage)) {
      end(rental, true, "its agreement would end before another fragment");
      return true;
    }
    var others = busy();
    var time = budget.affordableTime(rental, policy.workers() - others, decisions.now());
    var size = affordableSize(stage, time);
    if (size == 0 && others == 0) {
      time = budget.affordableTime(rental, 1, decisions.now());
      size = affordableSize(stage, time);
    }
    if (size == 0) {
      if (others > 0) {
        spent = true;
        end(rental, true, "what is left of the budget pays for no further script");
      }
      return others > 0;
    }
    var fragments =
        rental.local
            ? stage.localChecks.take(rental, size, decisions.now())
            : stage.take(rental, size, decisions.now());
    if (fragments.isEmpty()) {
      return false;
    }
    execute(rental, stage, fragments, time);
    prepareNext(rental, stage);
    return true;
  }

  private int affordableSize(StageState stage, Duration time) {
    var size = batchSize(stage);
    while (size > 0 && Budget.needed(stage, size).compareTo(time) > 0) {
      size /= 2;
    }
    return size;
  }

  /**
   * Gives a machine that works its next script already: only while so much waits that nobody else
   * will be short of work because of it.
   */
  private void prepareNext(RentalState rental, StageState stage) {
    if (rental.phase != RentalState.Phase.BUSY
        || rental.batches.size() != 1
        || rental.local
        || rental.batches.element().stage != stage
        || stage.typicalMillis() == 0
        || stage.retries.dueNow(decisions.now()) > 0
        || stage.fresh() < 2L * policy.workers() * batchSize(stage)
        || !lastsFor(rental, stage)) {
      return;
    }
    var time = budget.affordableTime(rental, policy.workers(), decisions.now());
    var size = affordableSize(stage, time);
    if (size > 0) {
      execute(rental, stage, stage.take(rental, size, decisions.now()), time);
    }
  }

  private void execute(
      RentalState rental, StageState stage, List<Integer> fragments, Duration affordable) {
    var now = decisions.now();
    var limit = shorter(shorter(scriptLimit(stage, fragments.size()), affordable), rest(rental));
    var prepare = !rental.prepared.contains(stage.number) && rental.batches.isEmpty();
    var batch = new Batch(nextBatch++, rental, stage, fragments, limit, now);
    budget.keptUntil(rental, (rental.batches.isEmpty() ? now : rental.keptUntil).plus(limit));
    batches.put(batch.id, batch);
    rental.batches.add(batch);
    if (stage.sent(fragments)) {
      raced.add(batch);
    }
    if (rental.phase == RentalState.Phase.IDLE) {
      rental.phase = RentalState.Phase.BUSY;
      pool(rental).idle.remove(rental);
    }
    var set = FragmentSet.of(fragments);
    decisions.emit(new RunEvent.BatchStarted(batch.id, rental.id, stage.setup.name(), set));
    decisions.act(
        new Action.Execute(
            batch.id,
            rental.id,
            stage.number,
            set,
            prepare,
            shorter(stage.fragmentLimit(), limit),
            limit));
  }

  /** Whether a fragment that takes all the time it may would still end within the agreement. */
  private boolean lastsFor(RentalState rental, StageState stage) {
    return rental.prepared.isEmpty() || scriptLimit(stage, 1).compareTo(rest(rental)) <= 0;
  }

  /** How long the machine's agreement still lasts. */
  private Duration rest(RentalState rental) {
    return policy.rentalLife().minus(Duration.between(rental.openedAt, decisions.now()));
  }

  /** How many fragments make a script of the wanted length and leave the others enough. */
  private int batchSize(StageState stage) {
    var typical = stage.typicalMillis();
    var wanted =
        typical == 0
            ? policy.firstBatch()
            : (int)
                Math.max(
                    1, Math.min(policy.largestBatch(), policy.batchTime().toMillis() / typical));
    var share = (stage.pending() + 2 * policy.workers() - 1) / (2 * policy.workers());
    return Math.max(1, Math.min(wanted, share));
  }

  private Duration scriptLimit(StageState stage, int fragments) {
    var timeouts = stage.setup.timeouts();
    return stage
        .fragmentLimit()
        .multipliedBy(fragments)
        .plus(timeouts.transfer().multipliedBy(2))
        .plus(SCRIPT_GRACE);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** Lets machines that have nothing to do compute what stragglers are late with. */
  void copyStragglers() {
    cancelObsolete();
    for (var stage : stages) {
      if (stage.setup.speculate() && stage.active() && helpFor(stage)) {
        var copies = stragglers.find(stage, batches.values(), raced, decisions.now());
        if (!copies.isEmpty()) {
          decisions.emit(new RunEvent.FragmentsCopied(stage.setup.name(), FragmentSet.of(copies)));
        }
      }
    }
  }

  private boolean helpFor(StageState stage) {
    var pool = pools.get(stage.setup.pool());
    return stage.pending() > 0 || !pool.idle.isEmpty() || open() < policy.workers();
  }

  // ---- renting

  void rentAndRelease() {
    for (var pool : pools) {
      if (pool.setup.local()) {
        rentAuditor(pool);
      } else {
        rent(pool);
      }
    }
    releaseIdle();
  }

  private void rent(PoolState pool) {
    var wanted = wanted(pool);
    var picky = picky(pool);
    if (picky != null) {
      wanted = Math.max(1, wanted);
      if (open() >= policy.workers()) {
        releaseOneIdle();
      }
    }
    var deny = deny(picky == null ? foremost(pool) : picky);
    while (wanted > 0
        && !spent
        && !(marketEmpty && pool.requested > 0)
        && open() < policy.workers()
        && budget.paysForAnother(open() == 0 ? 1 : policy.workers() - open())
        && !decisions.now().isBefore(marketClosedUntil)) {
      request(pool, deny);
      wanted--;
    }
    if (wanted > 0 && open() >= policy.workers()) {
      releaseIdleOfOthers(pool);
    }
  }

  /** Who is not asked for because of the fragment that a machine is wanted for. */
  private Set<String> deny(@Nullable Trouble trouble) {
    if (trouble == null) {
      return banned;
    }
    var deny = new TreeSet<>(banned);
    deny.addAll(trouble.anyProvider ? Set.of() : trouble.tried);
    for (var wallet : trouble.wallets) {
      deny.addAll(operators.getOrDefault(wallet, Set.of()));
    }
    return deny;
  }

  /** The fragment that waits longest, where no machine could begin with another. */
  private @Nullable Trouble foremost(PoolState pool) {
    Trouble first = null;
    for (var stage : stages) {
      if (stage.setup.pool() == pool.number && stage.active()) {
        if (stage.fresh() > 0) {
          return null;
        }
        if (first == null && stage.retries.dueNow(decisions.now()) > 0) {
          first = stage.trouble(stage.retries.waitingLongest(1).get(0));
        }
      }
    }
    return first;
  }

  private void rentAuditor(PoolState pool) {
    var checks = 0;
    for (var stage : stages) {
      checks += stage.setup.auditPool() == pool.number ? stage.localChecks.size() : 0;
    }
    if (checks > pool.open && pool.open < policy.auditors()) {
      request(pool, Set.of());
    }
  }

  private void request(PoolState pool, Set<String> deny) {
    var rental = new RentalState(nextRental++, pool.number, pool.setup.local(), decisions.now());
    var mostStart = budget.requested(rental);
    rentals.put(rental.id, rental);
    pool.requested++;
    pool.open++;
    decisions.emit(new RunEvent.RentalRequested(rental.id, pool.setup.label(), Set.copyOf(deny)));
    decisions.act(new Action.Rent(rental.id, rental.pool, Set.copyOf(deny), mostStart));
  }

  /** Machines of strangers that work. */
  private int busy() {
    var busy = 0;
    for (var pool : pools) {
      busy += pool.setup.local() ? 0 : pool.open - pool.requested - pool.idle.size();
    }
    return busy;
  }

  /** Open machines of strangers. */
  private int open() {
    var open = 0;
    for (var pool : pools) {
      open += pool.setup.local() ? 0 : pool.open;
    }
    return open;
  }

  /** Machines of a pool that could be put to work besides those that are there. */
  private int wanted(PoolState pool) {
    var work = 0L;
    for (var stage : stages) {
      if (stage.setup.pool() == pool.number) {
        work += stage.due(decisions.now());
      }
    }
    work -= pool.requested + pool.idle.size();
    return (int) Math.max(0, Math.min(work, policy.workers()));
  }

  /** A fragment that is due and that no machine at hand may try. */
  private @Nullable Trouble picky(PoolState pool) {
    for (var stage : stages) {
      if (stage.setup.pool() != pool.number || !stage.active()) {
        continue;
      }
      if (stage.retries.dueNow(decisions.now()) > 0) {
        for (var fragment : stage.retries.waitingLongest(LOOKED_AT)) {
          var trouble = stage.trouble(fragment);
          if (nobodyFor(trouble, pool.number)) {
            return trouble;
          }
        }
      }
    }
    return null;
  }

  private boolean nobodyFor(Trouble trouble, int pool) {
    for (var rental : rentals.values()) {
      if (rental.pool == pool
          && rental.phase != RentalState.Phase.ENDING
          && (rental.phase == RentalState.Phase.REQUESTED || trouble.mayRunOn(rental))) {
        return false;
      }
    }
    return true;
  }

  private void releaseOneIdle() {
    for (var pool : pools) {
      if (!pool.setup.local() && !pool.idle.isEmpty()) {
        end(pool.idle.iterator().next(), true, "a fragment has to be tried elsewhere");
        return;
      }
    }
  }

  private void releaseIdleOfOthers(PoolState needy) {
    for (var pool : pools) {
      if (pool != needy && !pool.setup.local() && !pool.idle.isEmpty() && wanted(pool) == 0) {
        end(pool.idle.iterator().next(), true, "another image is needed");
        return;
      }
    }
  }

  private void releaseIdle() {
    for (var pool : pools) {
      while (!pool.idle.isEmpty()) {
        var longest = pool.idle.iterator().next();
        if (decisions.now().isBefore(longest.idleSince.plus(policy.idleRelease()))) {
          break;
        }
        end(longest, true, "no work is left for it");
      }
    }
  }

  /** Stops the run if no machine can be paid for another script. */
  void checkBudget() {
    if (!batches.isEmpty()
        || !spent && budget.paysForAnother(1) && open() < policy.workers()
        || stages.stream().allMatch(stage -> stage.pending() == 0)) {
      return;
    }
    for (var rental : rentals.values()) {
      if (rental.phase != RentalState.Phase.IDLE || canBePaid(rental)) {
        return;
      }
    }
    decisions.stop(
        new Failure(
            FailureKind.BUDGET,
            "The next fragment no longer fits into the budget of %s GLM."
                .formatted(policy.budget().toPlainString()),
            "Raise `budget`, or ask for cheaper providers with `golem.price`."));
  }

  private boolean canBePaid(RentalState rental) {
    var time = budget.affordableTime(rental, 1, decisions.now());
    return stages.stream()
        .anyMatch(
            stage ->
                serves(rental, stage)
                    && stage.pending() > 0
                    && Budget.needed(stage, 1).compareTo(time) <= 0);
  }

  /** When something is due that no message will announce. */
  @Nullable Instant nextAlarm() {
    Instant next = null;
    for (var stage : stages) {
      next = earlier(next, stage.retries.next());
      next = earlier(next, stage.localChecks.next());
      if (stage.setup.speculate() && stage.active()) {
        next = earlier(next, stage.nextLook);
      }
    }
    for (var batch : raced) {
      next = batch.runs() && batch.obsolete() ? earlier(next, stragglers.lateAt(batch)) : next;
    }
    for (var pool : pools) {
      if (!pool.idle.isEmpty()) {
        next = earlier(next, pool.idle.iterator().next().idleSince.plus(policy.idleRelease()));
      }
    }
    return earlier(next, marketClosedUntil);
  }

  private @Nullable Instant earlier(@Nullable Instant a, @Nullable Instant b) {
    if (b == null || !b.isAfter(decisions.now())) {
      return a;
    }
    return a == null || b.isBefore(a) ? b : a;
  }

  // ---- phases

  private void idle(RentalState rental) {
    if (rental.phase == RentalState.Phase.BUSY && rental.batches.isEmpty()) {
      rental.phase = RentalState.Phase.IDLE;
      rental.idleSince = decisions.now();
      budget.keptUntil(rental, decisions.now().plus(policy.idleRelease()));
      pool(rental).idle.add(rental);
    }
  }

  private void end(RentalState rental, boolean success, String reason) {
    if (rental.phase == RentalState.Phase.ENDING) {
      return;
    }
    var pool = pool(rental);
    pool.open--;
    pool.requested -= rental.phase == RentalState.Phase.REQUESTED ? 1 : 0;
    pool.idle.remove(rental);
    rental.phase = RentalState.Phase.ENDING;
    if (rental.opened) {
      budget.keptUntil(rental, decisions.now());
    }
    decisions.emit(new RunEvent.RentalEnding(rental.id, reason));
    decisions.act(new Action.CloseRental(rental.id, success, reason));
    dropPrepared(rental);
  }

  /** What was only prepared was not tried: it goes to somebody else as if nothing had been. */
  private void dropPrepared(RentalState rental) {
    while (rental.batches.size() > 1) {
      var batch = rental.batches.removeLast();
      batches.remove(batch.id);
      batch.stage.back(batch.fragments);
      decisions.emit(
          new RunEvent.BatchFinished(
              batch.id,
              FragmentSet.EMPTY,
              List.of(),
              Failure.of(FailureKind.CANCELLED, "It was never sent."),
              0,
              0,
              0));
      if (batch.stage.active()) {
        for (var fragment : batch.fragments) {
          if (!batch.stage.over.get(fragment)) {
            batch.stage.trouble(fragment);
            batch.stage.retries.add(fragment, decisions.now());
          }
        }
      }
    }
  }

  private PoolState pool(RentalState rental) {
    return pools.get(rental.pool);
  }
}
