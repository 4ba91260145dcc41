package org.golempipeline.golem.session;

import java.math.BigDecimal;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.SessionTerms;
import org.golempipeline.golem.http.Call;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.http.Caller;
import org.golempipeline.golem.http.Calls;
import org.golempipeline.golem.http.Failures;
import org.golempipeline.golem.http.Handshake;
import org.golempipeline.golem.http.Retrier;
import org.golempipeline.golem.http.Threads;
import org.golempipeline.golem.wire.Allocation;
import org.golempipeline.golem.wire.Offer;

/**
 * Questions to a daemon that publish and cost nothing, and leave nothing reserved. Each is asked
 * once, and its future fails with {@link GolemException} of kind YAGNA if there is no answer that
 * makes sense before the limit. Thread-safe; never blocks. Closing it gives up what was not
 * answered.
 */
public final class Inquiry implements AutoCloseable {
  private static final BigDecimal TRIAL = new BigDecimal("0.000001");

  private final GolemConnection connection;
  private final Duration limit;
  private final Clock clock;
  private final Threads threads = new Threads();
  private final Caller caller;

  /**
   * @param connection its key may be empty for {@link #version} and {@link #ahead}
   */
  public Inquiry(GolemConnection connection, Duration limit, Clock clock) {
    this.connection = connection;
    this.limit = limit;
    this.clock = clock;
    this.caller = new Caller(connection, threads, new Retrier(threads::after, 0));
  }

  /** Which version of the daemon it is; fails also if that is too old for us. */
  public CompletableFuture<String> version() {
    return ask(Calls.versionText())
        .handle(
            (version, error) -> {
              if (error == null) {
                Handshake.check(version);
                return version;
              }
              throw noDaemon(error);
            });
  }

  /** Whether {@code trouble} is that nothing listens where the daemon should. */
  public static boolean isNobodyThere(GolemException trouble) {
    return trouble.getCause() instanceof CallFailure failure
        && failure.arrival() == CallFailure.Arrival.NOT_ARRIVED;
  }

  /** Whatever else answers there is none: that is the one thing to say about it. */
  private GolemException noDaemon(Throwable error) {
    CallFailure failure = CallFailure.of(Calls.versionText().action(), error);
    if (failure.arrival() == CallFailure.Arrival.NOT_ARRIVED) {
      return Failures.of(failure, GolemException.Kind.YAGNA, connection.url());
    }
    if (isSilence(failure)) {
      return new GolemException(
          GolemException.Kind.YAGNA,
          "Something listens at %s and said nothing for %d s."
              .formatted(connection.url(), limit.toSeconds()),
          "Restart `yagna service run`, or set YAGNA_API_URL to where it listens.",
          failure);
    }
    String what =
        failure.status() == 0
            ? "speaks no HTTP"
            : failure.arrival() == CallFailure.Arrival.ANSWERED
                ? "answers HTTP " + failure.status()
                : "answers something else than its version";
    return new GolemException(
        GolemException.Kind.YAGNA,
        "What listens at %s is no yagna daemon: it %s.".formatted(connection.url(), what),
        "Set YAGNA_API_URL to where `yagna service run` listens.",
        failure);
  }

  /**
   * How much the daemon's clock is ahead of ours, give or take a second; empty if it does not say.
   */
  public CompletableFuture<Optional<Duration>> ahead() {
    long asked = clock.millis();
    return limited(
            "ask the daemon for its time", caller.time(Calls.versionText().within(limit)), limit)
        .thenApply(
            time ->
                time.map(
                    // Its header has whole seconds, cut off.
                    there -> Duration.ofMillis(there.toEpochMilli() + 500 - mean(asked))));
  }

  private long mean(long asked) {
    return asked + (clock.millis() - asked) / 2;
  }

  /** Whom the app-key stands for. */
  public CompletableFuture<String> identity() {
    return said(ask(Calls.identity())).thenApply(me -> me.identity());
  }

  /**
   * Reserves next to nothing on {@code platform} and lets it go at once. Whether the daemon can pay
   * there is known in no other way: it gets ready when something is reserved, and says that it is
   * also if its chain is away since. Fails with the daemon's reason, of kind PAYMENT.
   */
  public CompletableFuture<Boolean> tryToReserve(String platform) {
    Duration patience = limit.multipliedBy(3);
    return said(ask(Calls.identity()))
        .thenCompose(
            me -> {
              Instant timeout = clock.instant().plus(patience.multipliedBy(2));
              SessionTerms trial =
                  new SessionTerms(
                      "", "", TRIAL, timeout.truncatedTo(ChronoUnit.MILLIS), platform, "");
              return limited(
                  "reserve " + TRIAL.toPlainString() + " GLM",
                  Yagna.allocate(caller, trial, me),
                  patience);
            })
        .thenCompose(allocation -> ask(Calls.releaseAllocation(allocation.allocationId())));
  }

  /**
   * What programs on the same key have reserved.
   *
   * @param allocations how many there are
   * @param glm what is left in them
   */
  public record Reserved(int allocations, BigDecimal glm) {}

  /** What is reserved on {@code platform} at the moment. */
  public CompletableFuture<Reserved> reserved(String platform) {
    return said(ask(Calls.allocations()))
        .thenApply(
            all -> {
              List<BigDecimal> left =
                  all.stream()
                      .filter(each -> platform.equals(each.paymentPlatform()))
                      .map(Allocation::remainingAmount)
                      .toList();
              return new Reserved(
                  left.size(), left.stream().reduce(BigDecimal.ZERO, BigDecimal::add));
            });
  }

  /**
   * How many providers of virtual machines offer themselves in {@code subnet}. Listens without
   * publishing a demand, no longer than the limit; so it may be that there are more.
   */
  public CompletableFuture<Long> providers(String subnet) {
    return said(ask(Calls.scan(subnet, limit.multipliedBy(3))))
        .thenCompose(this::scanned)
        .thenApply(offers -> offers.stream().map(Offer::providerId).distinct().count());
  }

  private CompletableFuture<List<Offer>> scanned(String scan) {
    Call<List<Offer>> call = Calls.scanned(scan, limit);
    CompletableFuture<List<Offer>> offers =
        said(limited(call.action(), caller.send(call), limit.multipliedBy(2)));
    return offers
        .handle((found, error) -> ask(Calls.endScan(scan)))
        // The daemon forgets it anyway, after a while.
        .thenCompose(ended -> ended.handle((done, error) -> done))
        .thenCompose(done -> offers);
  }

  private <T> CompletableFuture<T> ask(Call<T> call) {
    return limited(call.action(), caller.send(call.within(limit)), limit);
  }

  /** The request's own limit ends with the headers. */
  private static <T> CompletableFuture<T> limited(
      String action, CompletableFuture<T> answer, Duration limit) {
    return answer
        .copy()
        .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((value, error) -> answer.cancel(true))
        .exceptionally(
            error -> {
              throw CallFailure.unwrap(error) instanceof GolemException known
                  ? known
                  : CallFailure.of(action, error);
            });
  }

  private <T> CompletableFuture<T> said(CompletableFuture<T> answer) {
    return answer.exceptionally(
        error -> {
          CallFailure failure = CallFailure.of("ask the daemon", error);
          throw isSilence(failure)
              ? new GolemException(
                  GolemException.Kind.YAGNA,
                  Failures.sentence(
                      failure.action(), "no answer within " + limit.toSeconds() + " s"),
                  "Look at the log of `yagna service run`, and restart it.",
                  failure)
              : Failures.of(failure, GolemException.Kind.YAGNA, connection.url());
        });
  }

  private static boolean isSilence(CallFailure failure) {
    return failure.arrival() != CallFailure.Arrival.NOT_ARRIVED
        && (failure.getCause() instanceof HttpTimeoutException
            || failure.getCause() instanceof TimeoutException);
  }

  @Override
  public void close() {
    threads.close();
  }
}
