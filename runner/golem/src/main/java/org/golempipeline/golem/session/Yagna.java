package org.golempipeline.golem.session;

import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.GolemEvent;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.GolemListener;
import org.golempipeline.golem.GolemNetwork;
import org.golempipeline.golem.SessionTerms;
import org.golempipeline.golem.SettleListener;
import org.golempipeline.golem.SettleTerms;
import org.golempipeline.golem.Settlement;
import org.golempipeline.golem.files.SentBytes;
import org.golempipeline.golem.http.Call;
import org.golempipeline.golem.http.CallFailure;
import org.golempipeline.golem.http.Caller;
import org.golempipeline.golem.http.Calls;
import org.golempipeline.golem.http.Failures;
import org.golempipeline.golem.http.Handshake;
import org.golempipeline.golem.http.Retrier;
import org.golempipeline.golem.http.Threads;
import org.golempipeline.golem.wire.Allocation;
import org.golempipeline.golem.wire.AllocationRequest;
import org.golempipeline.golem.wire.Decorations;
import org.golempipeline.golem.wire.Identity;
import org.golempipeline.golem.wire.WireJson;

/** The way in: opens a session with a yagna daemon. */
public final class Yagna {
  private Yagna() {}

  /**
   * Gets ready for the messages of a session. Whoever is going to open one may let another thread
   * do this beside it, so that less of it is left for when an answer is awaited.
   */
  public static void prepare() {
    WireJson.prepare();
  }

  /**
   * Checks daemon and key, allocates the budget and begins to follow the session's events. Returns
   * at once. The future fails with {@link GolemException}: kind YAGNA if the daemon cannot be
   * talked to, PAYMENT if it does not grant the allocation; nothing is left behind then. {@code
   * listener} is called on threads of the session.
   */
  public static CompletableFuture<GolemNetwork> open(
      GolemConnection connection, SessionTerms terms, GolemListener listener) {
    return open(connection, terms, listener, Clock.systemUTC());
  }

  /** The same by another clock, which is about that of the daemon. */
  public static CompletableFuture<GolemNetwork> open(
      GolemConnection connection, SessionTerms terms, GolemListener listener, Clock clock) {
    Threads threads = new Threads();
    Retrier retrier = new Retrier(threads::after, terms.sessionId().hashCode());
    Caller caller = new Caller(connection, threads, retrier);
    CompletableFuture<GolemNetwork> opened = new CompletableFuture<>();
    Handshake.identity(caller)
        .thenCompose(
            identity ->
                allocate(caller, terms, identity)
                    .thenCompose(
                        allocation ->
                            network(
                                caller,
                                retrier,
                                threads,
                                terms,
                                listener,
                                identity,
                                allocation,
                                clock)))
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
    Handshake.identity(caller)
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
      Allocation allocation,
      Clock clock) {
    String id = allocation.allocationId();
    listener.on(
        new GolemEvent.AllocationCreated(
            id, allocation.totalAmount(), allocation.paymentPlatform()));
    CompletableFuture<Decorations> decorations = caller.send(Calls.decorations(id));
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
                            new SentBytes(),
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
