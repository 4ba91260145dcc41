package org.golempipeline.golem;

import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.golempipeline.golem.wire.Allocation;
import org.golempipeline.golem.wire.AllocationRequest;
import org.golempipeline.golem.wire.Decorations;
import org.golempipeline.golem.wire.Identity;

/** The way in: opens a session with a yagna daemon. */
public final class Yagna {
  private static final List<Integer> OLDEST = List.of(0, 15, 2);
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+)");

  private Yagna() {}

  /**
   * Checks daemon and key, allocates the budget and begins to follow the session's events. Returns
   * at once. The future fails with {@link GolemException}: kind YAGNA if the daemon cannot be
   * talked to, PAYMENT if it does not grant the allocation; nothing is left behind then. {@code
   * listener} is called on threads of the session.
   */
  public static CompletableFuture<GolemNetwork> open(
      GolemConnection connection, SessionTerms terms, GolemListener listener) {
    Threads threads = new Threads();
    Retrier retrier = new Retrier(threads::after, terms.sessionId().hashCode());
    Caller caller = new Caller(connection, threads, retrier);
    CompletableFuture<GolemNetwork> opened = new CompletableFuture<>();
    identity(caller)
        .thenCompose(
            identity ->
                allocate(caller, terms, identity)
                    .thenCompose(
                        allocation ->
                            network(
                                caller, retrier, threads, terms, listener, identity, allocation)))
        .whenCompleteAsync(
            (network, error) -> {
              if (network != null) {
                opened.complete(network);
                return;
              }
              opened.completeExceptionally(
                  Failures.of(error, GolemException.Kind.YAGNA, connection.url()));
              threads.close();
            },
            threads.answers());
    return opened;
  }

  /**
   * Ends and pays what an earlier session left behind when it could not do so itself. What is not
   * done when the limit is over is in the settlement's {@code outstanding}; calling it again is
   * harmless. The future fails with {@link GolemException} if the daemon cannot be talked to.
   */
  public static CompletableFuture<Settlement> settle(
      GolemConnection connection, SettleTerms terms, SettleListener listener) {
    Threads threads = new Threads();
    Retrier retrier = new Retrier(threads::after, terms.sessionId().hashCode());
    Caller caller = new Caller(connection, threads, retrier);
    CompletableFuture<Settlement> settled = new CompletableFuture<>();
    identity(caller)
        .thenComposeAsync(
            identity -> Settling.settle(caller, retrier, threads, terms, listener, identity),
            threads.loop())
        .whenCompleteAsync(
            (settlement, error) -> {
              if (settlement != null) {
                settled.complete(settlement);
              } else {
                settled.completeExceptionally(
                    Failures.of(error, GolemException.Kind.YAGNA, connection.url()));
              }
              threads.close();
            },
            threads.answers());
    return settled;
  }

  /** Fails if the daemon is too old. */
  static CompletableFuture<Identity> identity(Caller caller) {
    return caller
        .send(Calls.version())
        .thenCompose(
            version -> {
              check(version.current().version());
              return caller.send(Calls.identity());
            });
  }

  /** Throws {@link GolemException} if we need a newer daemon than one of version {@code text}. */
  static void check(String text) {
    Matcher matcher = VERSION.matcher(text);
    if (!matcher.find()) {
      return;
    }
    for (int i = 0; i < OLDEST.size(); i++) {
      int difference = Integer.parseInt(matcher.group(i + 1)) - OLDEST.get(i);
      if (difference > 0) {
        return;
      }
      if (difference < 0) {
        throw new GolemException(
            GolemException.Kind.YAGNA,
            "Could not work with yagna " + text + ": it is too old.",
            "Install yagna 0.15.2 or newer.",
            null);
      }
    }
  }

  static CompletableFuture<Allocation> allocate(
      Caller caller, SessionTerms terms, Identity identity) {
    AllocationRequest request =
        new AllocationRequest(
            terms.budget(),
            TextNode.valueOf(terms.platform()),
            identity.identity(),
            terms.allocationTimeout(),
            false);
    Call<Allocation> call = Calls.createAllocation(request);
    return caller
        .send(call)
        .handle(
            (allocation, error) ->
                error == null
                    ? CompletableFuture.completedFuture(allocation)
                    : lookUp(caller, terms, CallFailure.of(call.action(), error)))
        .thenCompose(next -> next)
        .handle(
            (allocation, error) -> {
              if (error != null) {
                throw Failures.of(error, GolemException.Kind.PAYMENT, caller.daemon());
              }
              return allocation;
            });
  }

  /** After a lost answer it may exist: it is known by its exact timeout. */
  private static CompletableFuture<Allocation> lookUp(
      Caller caller, SessionTerms terms, CallFailure failure) {
    if (failure.arrival() != CallFailure.Arrival.UNKNOWN) {
      return CompletableFuture.failedFuture(failure);
    }
    return caller
        .send(Calls.allocations())
        .thenCompose(
            all ->
                all.stream()
                    .filter(found -> terms.allocationTimeout().equals(found.timeout()))
                    .filter(found -> same(found.totalAmount(), terms.budget()))
                    .map(CompletableFuture::completedFuture)
                    .findFirst()
                    .orElseGet(() -> CompletableFuture.failedFuture(failure)));
  }

  private static boolean same(BigDecimal first, BigDecimal second) {
    return first.compareTo(second) == 0;
  }

  private static CompletableFuture<GolemNetwork> network(
      Caller caller,
      Retrier retrier,
      Threads threads,
      SessionTerms terms,
      GolemListener listener,
      Identity identity,
      Allocation allocation) {
    String id = allocation.allocationId();
    listener.on(
        new GolemEvent.AllocationCreated(
            id, allocation.totalAmount(), allocation.paymentPlatform()));
    CompletableFuture<Decorations> decorations = caller.send(Calls.decorations(id));
    Clock clock = Clock.systemUTC();
    return decorations
        .handle(
            (known, error) -> {
              if (error == null) {
                return CompletableFuture.completedFuture(
                    start(
                        new Session(
                            caller,
                            retrier,
                            threads,
                            clock,
                            listener,
                            terms,
                            identity.identity(),
                            allocation,
                            known,
                            new AtomicBoolean(),
                            System.nanoTime(),
                            clock.millis())));
              }
              return caller
                  .send(Calls.releaseAllocation(id))
                  .handle((released, failed) -> failed == null)
                  .<GolemNetwork>thenCompose(
                      released -> {
                        if (released) {
                          listener.on(new GolemEvent.AllocationReleased(id));
                        }
                        return CompletableFuture.failedFuture(error);
                      });
            })
        .thenCompose(next -> next);
  }

  private static GolemNetwork start(Session session) {
    OpenNetwork network = new OpenNetwork(session);
    network.start();
    return network;
  }
}
