package org.golempipeline.schedule;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.RunEvent;
import org.jspecify.annotations.Nullable;

/** Which machines are wanted, asked for and let go, and what is remembered of their providers. */
final class Renting {
  /** So many waiting fragments are looked at to see whether a machine must be rented for them. */
  private static final int LOOKED_AT = 4;

  private final Decisions decisions;
  private final Policy policy;
  private final Budget budget;
  private final List<StageState> stages;
  private final Fleet fleet;
  private final Set<String> banned = new TreeSet<>();

  /** What this machine is called where it computes audits. */
  private final Set<String> ourselves = new TreeSet<>();

  /** By wallet, the providers that were rented of one operator. */
  private final Map<String, Set<String>> operators = new TreeMap<>();

  private final Setbacks setbacks;

  /** The richest request that was in vain since a machine was had; null if there was none. */
  private @Nullable TooPoor tooPoor;

  private Instant marketClosedUntil = Instant.MIN;
  private boolean nobodyElse;

  /** The market had nobody the last time: it is asked for one machine after the other. */
  private boolean marketEmpty;

  /** A request with so much of the budget found machines, but none for that. */
  private record TooPoor(BigDecimal most, Failure failure, Instant triedAgain) {}

  Renting(
      Decisions decisions,
      Policy policy,
      Budget budget,
      Setbacks setbacks,
      List<StageState> stages,
      Fleet fleet) {
    this.decisions = decisions;
    this.policy = policy;
    this.budget = budget;
    this.setbacks = setbacks;
    this.stages = stages;
    this.fleet = fleet;
  }

  // ---- what the market answered

  void opened(Message.RentalOpened opened) {
    var rental = fleet.rental(opened.rental());
    if (rental == null || rental.opened) {
      return;
    }
    tooPoor = null;
    setbacks.answered();
    setbacks.imageStarted(fleet.pools.get(rental.pool).setup.label());
    marketEmpty = false;
    if (rental.local) {
      ourselves.add(opened.providerId());
    }
    know(rental, opened);
    if (budget.opened(rental)) {
      letGoUnderpriced();
    }
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
      fleet.opened(rental);
      if (banned.contains(rental.provider)) {
        fleet.end(rental, false, "it gave false results before");
      } else if (budget.passed()) {
        fleet.spent = true;
        fleet.end(rental, true, RunEvent.RentalEnding.TOO_DEAR);
      }
    } else {
      budget.keptUntil(rental, decisions.now());
    }
  }

  private void know(RentalState rental, Message.RentalOpened opened) {
    rental.provider = opened.providerId();
    rental.wallet = opened.wallet();
    rental.agreement = opened.agreementId();
    rental.start = opened.startPrice();
    var asked = fleet.pools.get(rental.pool).setup.threads();
    rental.fullRate = rate(opened, opened.threads());
    rental.rate = asked == 0 ? rental.fullRate : rate(opened, Math.min(asked, opened.threads()));
    rental.openedAt = decisions.now();
    rental.opened = true;
    operators.computeIfAbsent(rental.wallet, each -> new TreeSet<>()).add(rental.provider);
  }

  private static BigDecimal rate(Message.RentalOpened opened, int threads) {
    return opened
        .envSecondPrice()
        .add(opened.cpuSecondPrice().multiply(BigDecimal.valueOf(threads)));
  }

  /** What was asked for while nobody knew what machines cost, and cannot be had for that. */
  private void letGoUnderpriced() {
    for (var rental : List.copyOf(fleet.rentals())) {
      if (rental.phase == RentalState.Phase.REQUESTED
          && !rental.local
          && budget.isUnderpriced(rental)) {
        fleet.end(rental, true, "machines cost more than it was allowed to");
      }
    }
  }

  /**
   * It left, or did not do what every machine can; what becomes of it once it is let go is ours.
   */
  void failedByItself(RentalState rental) {
    if (rental.opened && !rental.local && rental.phase != RentalState.Phase.ENDING) {
      decisions.act(new Action.Pause(rental.provider));
    }
  }

  void lost(Message.RentalLost lost) {
    var rental = fleet.rental(lost.rental());
    if (rental != null) {
      failedByItself(rental);
      fleet.lost(rental, lost.reason());
    }
  }

  /** Something between the daemon, the providers and us. */
  void noted(RunEvent event) {
    if (event instanceof RunEvent.DebitNoteAccepted note) {
      billed(note);
    } else if (event instanceof RunEvent.StartFailed failed) {
      startFailed(failed);
    }
  }

  private void billed(RunEvent.DebitNoteAccepted note) {
    for (var rental : fleet.rentals()) {
      if (rental.opened && rental.agreement.equals(note.agreementId())) {
        budget.billed(rental, note.totalAmount(), decisions.now());
      }
    }
  }

  private void startFailed(RunEvent.StartFailed failed) {
    decisions.act(new Action.Pause(failed.providerId()));
    if (failed.byImage()) {
      setbacks.imageFailed(failed);
    }
  }

  void failed(Message.RentalFailed failed) {
    var rental = fleet.rental(failed.rental());
    if (rental == null || rental.opened) {
      return;
    }
    fleet.gone(rental);
    decisions.emit(new RunEvent.RentalFailed(rental.id, failed.failure()));
    if (rental.phase == RentalState.Phase.ENDING) {
      decisions.emit(new RunEvent.RentalClosed(rental.id));
      return;
    }
    notRented(rental, failed.failure());
  }

  private void notRented(RentalState rental, Failure reason) {
    switch (reason.kind()) {
      case MARKET -> {
        leaveTheMarket();
        marketEmpty = true;
        setbacks.answered();
        freeTheTried();
        if (fleet.rentals().isEmpty() && !nobodyElse) {
          decisions.stop(reasonToStop(reason));
        }
      }
      case YAGNA -> daemonSilent(reason);
      case PROVIDER, DEADLINE -> {
        freeTheTried();
        setbacks.machineFailed(reason);
      }
      case BUDGET -> {
        marketEmpty = true;
        setbacks.answered();
        if (tooPoor == null || rental.most.compareTo(tooPoor.most()) >= 0) {
          tooPoor = new TooPoor(rental.most, reason, decisions.now().plus(policy.marketPause()));
        }
        if (fleet.rentals().isEmpty()) {
          decisions.stop(tooPoor.failure());
        }
      }
      case COMMAND, PAYMENT, CANCELLED -> decisions.stop(reason);
    }
  }

  /** Where answers wait for others, what is missing is not just any provider. */
  private Failure reasonToStop(Failure market) {
    for (var stage : stages) {
      for (var index : stage.retries.all()) {
        var answers = stage.trouble(index).wallets.size();
        if (answers > 0) {
          return new Failure(
              FailureKind.MARKET,
              "Nobody else is to be had who could check fragment %d of `%s`, %s."
                  .formatted(
                      index,
                      stage.setup.name(),
                      answers == 1
                          ? "which one provider has computed"
                          : "which %d providers have computed".formatted(answers)),
              "Ask for fewer copies in `verify`, audit with `by: local`, or let more providers take"
                  + " part.");
        }
      }
    }
    return market;
  }

  /** Nothing is asked of a daemon that does not answer for a while. */
  void daemonSilent(Failure reason) {
    leaveTheMarket();
    setbacks.daemonSilent(reason);
  }

  private void leaveTheMarket() {
    marketClosedUntil = decisions.now().plus(policy.marketPause());
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

  // ---- providers

  boolean isThisMachine(String provider) {
    return ourselves.contains(provider);
  }

  boolean isBanned(String provider) {
    return banned.contains(provider);
  }

  void ban(String provider) {
    banned.add(provider);
    for (var rental : List.copyOf(fleet.rentals())) {
      if (rental.provider.equals(provider)) {
        fleet.end(rental, false, "it gave false results");
      }
    }
  }

  // ---- asking for machines and letting them go

  void rentAndRelease() {
    for (var pool : fleet.pools) {
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
      if (fleet.open() >= policy.workers() || (!fleet.spent && !budget.paysForAnother())) {
        releaseOneIdle();
      }
    }
    var deny = deny(picky == null ? foremost(pool) : picky);
    while (wanted > 0
        && !fleet.spent
        && !(marketEmpty && pool.requested > 0)
        && fleet.open() < policy.workers()
        && budget.paysForAnother()
        && !isInVain()
        && !decisions.now().isBefore(marketClosedUntil)) {
      request(pool, deny);
      wanted--;
    }
    if (wanted > 0 && fleet.open() >= policy.workers()) {
      releaseIdleOfOthers(pool);
    }
  }

  /** With no more than the last time prices have to change, which takes a while. */
  private boolean isInVain() {
    return tooPoor != null
        && decisions.now().isBefore(tooPoor.triedAgain())
        && !budget.hasMoreThan(tooPoor.most());
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
    var first = fleet.open() == 0;
    var rental = fleet.requested(pool);
    var mostStart = budget.requested(rental, first);
    decisions.emit(new RunEvent.RentalRequested(rental.id, pool.setup.label(), Set.copyOf(deny)));
    decisions.act(
        new Action.Rent(
            rental.id, rental.pool, Set.copyOf(deny), mostStart, rental.most, policy.leastTime()));
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
    for (var rental : fleet.rentals()) {
      if (rental.pool == pool
          && rental.phase != RentalState.Phase.ENDING
          && (rental.phase == RentalState.Phase.REQUESTED || trouble.mayRunOn(rental))) {
        return false;
      }
    }
    return true;
  }

  private void releaseOneIdle() {
    for (var pool : fleet.pools) {
      if (!pool.setup.local() && !pool.idle.isEmpty()) {
        fleet.end(pool.idle.iterator().next(), true, "a fragment has to be tried elsewhere");
        return;
      }
    }
  }

  private void releaseIdleOfOthers(PoolState needy) {
    for (var pool : fleet.pools) {
      if (pool != needy && !pool.setup.local() && !pool.idle.isEmpty() && wanted(pool) == 0) {
        fleet.end(pool.idle.iterator().next(), true, "another image is needed");
        return;
      }
    }
  }

  private void releaseIdle() {
    for (var pool : fleet.pools) {
      while (!pool.idle.isEmpty()) {
        var longest = pool.idle.iterator().next();
        if (decisions.now().isBefore(longest.idleSince.plus(policy.idleRelease()))) {
          break;
        }
        fleet.end(longest, true, "no work is left for it");
      }
    }
  }

  /** When a machine has been idle for too long, or the market is asked again. */
  @Nullable Instant nextAlarm() {
    Instant next = null;
    for (var pool : fleet.pools) {
      if (!pool.idle.isEmpty()) {
        next =
            decisions.earlier(
                next, pool.idle.iterator().next().idleSince.plus(policy.idleRelease()));
      }
    }
    if (tooPoor != null) {
      next = decisions.earlier(next, tooPoor.triedAgain());
    }
    return decisions.earlier(next, marketClosedUntil);
  }
}
