package org.golempipeline.bus;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.golempipeline.golem.wire.WireFlex;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A place on the bus of the daemon of this machine. A lost connection is made anew, and what was
 * registered is registered again. Thread-safe. The thread that reads does nothing else.
 */
public final class Bus implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Bus.class);
  private static final long RECONNECT_MILLIS = 1000;
  private static final int HEX = 16;

  private final URI url;
  private final String name;
  private final Executor executor;
  private final Consumer<Boolean> connection;
  private final Map<String, Consumer<BusCall>> services = new ConcurrentHashMap<>();
  private final AtomicLong lastCall = new AtomicLong();

  /** Held when an address, or the connection, is added: each address is registered once. */
  private final Object changing = new Object();

  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable Link link;

  private Bus(URI url, String name, Executor executor, Consumer<Boolean> connection) {
    this.url = url;
    this.name = name;
    this.executor = executor;
    this.connection = connection;
  }

  /**
   * Connects.
   *
   * @param url {@code unix:/path} or {@code tcp://host:port}
   * @param name of this program, for the daemon's log
   * @param executor for calls to what we serve; they may block
   * @param connection told when the connection is lost, and when it is there again
   * @throws IOException if nobody listens at {@code url}
   */
  public static Bus open(URI url, String name, Executor executor, Consumer<Boolean> connection)
      throws IOException {
    Bus bus = new Bus(url, name, executor, connection);
    Link first = bus.connect();
    bus.link = first;
    Thread reader = new Thread(() -> bus.work(first), "golem-bus");
    reader.setDaemon(true);
    reader.start();
    return bus;
  }

  private Link connect() throws IOException {
    Link fresh = Link.connect(url);
    try {
      UUID id = UUID.randomUUID();
      ByteBuffer instance = ByteBuffer.allocate(2 * Long.BYTES);
      instance.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
      fresh.write(new Packet.Hello(name, "1", ByteString.copyFrom(instance.rewind())));
    } catch (IOException e) {
      fresh.close();
      throw e;
    }
    return fresh;
  }

  private void work(Link first) {
    read(first);
    while (closed.getCount() > 0) {
      connection.accept(false);
      Link next = reconnect();
      if (next != null) {
        Set<String> known;
        synchronized (changing) {
          if (closed.getCount() == 0) {
            next.close();
            return;
          }
          link = next;
          known = Set.copyOf(services.keySet());
        }
        known.forEach(address -> again(next, address));
        connection.accept(true);
        read(next);
      }
    }
  }

  private @Nullable Link reconnect() {
    while (true) {
      try {
        if (closed.await(RECONNECT_MILLIS, TimeUnit.MILLISECONDS)) {
          return null;
        }
        return connect();
      } catch (IOException e) {
        LOG.debug("no connection to {}", url, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
    }
  }

  /** The daemon may not know yet that the old connection is dead. */
  private void again(Link on, String address) {
    var unused =
        on.register(address)
            .thenAccept(
                reply -> {
                  if (reply.code() != Packet.OK && link == on && services.containsKey(address)) {
                    CompletableFuture.delayedExecutor(
                            RECONNECT_MILLIS, TimeUnit.MILLISECONDS, executor)
                        .execute(() -> again(on, address));
                  }
                });
  }

  private void read(Link from) {
    try (from) {
      while (true) {
        handle(from, from.read());
      }
    } catch (IOException e) {
      LOG.debug("the bus ended", e);
    } finally {
      link = null;
    }
  }

  private void handle(Link from, Packet packet) {
    if (packet instanceof Packet.CallReply reply) {
      from.replied(reply);
    } else if (packet instanceof Packet.RegisterReply reply) {
      from.registered(reply);
    } else if (packet instanceof Packet.CallRequest request) {
      executor.execute(() -> serve(new BusCall(from, request), request.address()));
    } else if (packet instanceof Packet.Ping) {
      executor.execute(() -> pong(from));
    }
  }

  private static void pong(Link to) {
    try {
      to.write(new Packet.Pong());
    } catch (IOException e) {
      LOG.debug("could not answer a ping", e);
    }
  }

  private void serve(BusCall call, String address) {
    Consumer<BusCall> service =
        services.get(address.substring(0, Math.max(0, address.lastIndexOf('/'))));
    if (service == null) {
      call.notFound();
      return;
    }
    try {
      service.accept(call);
    } catch (RuntimeException | Error e) {
      LOG.warn("call of {}", address, e);
      call.fail(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Serves all methods below {@code address} until {@link #unregister}, also on later connections.
   * Fails with {@link BusException} if somebody else has the address.
   */
  public CompletableFuture<Void> register(String address, Consumer<BusCall> service) {
    Link now;
    synchronized (changing) {
      services.put(address, service);
      now = link;
    }
    if (now == null) {
      return CompletableFuture.completedFuture(null);
    }
    return now.register(address)
        .thenAccept(
            reply -> {
              if (reply.code() != Packet.OK) {
                services.remove(address, service);
                throw new CompletionException(
                    BusException.refused(
                        "the bus refuses the address %s: %d %s"
                            .formatted(address, reply.code(), reply.message())));
              }
            });
  }

  public void unregister(String address) {
    Link now = link;
    if (services.remove(address) != null && now != null) {
      try {
        now.write(new Packet.Unregister(address));
      } catch (IOException e) {
        LOG.debug("could not unregister {}", address, e);
      }
    }
  }

  /**
   * Calls a method that answers once. Completes with the answer's body, or fails with {@link
   * BusException}.
   *
   * @param caller our node id
   * @param limit for the answer
   */
  public CompletableFuture<ByteBuffer> call(
      String caller, String address, ByteBuffer body, Duration limit) {
    Link now = link;
    if (now == null) {
      return CompletableFuture.failedFuture(
          BusException.unreached("there is no connection to the daemon's bus"));
    }
    String id = Long.toString(lastCall.incrementAndGet(), HEX);
    return now.call(new Packet.CallRequest(caller, address, id, ByteString.copyFrom(body), false))
        .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (reply, problem) -> {
              if (problem != null) {
                throw new CompletionException(
                    problem instanceof TimeoutException
                        ? BusException.unreached("no answer of " + address + " in time")
                        : problem);
              }
              return answer(address, reply);
            });
  }

  /**
   * The same for a method that answers with a value or an error. Completes with the value, or fails
   * with {@link BusException}.
   */
  public CompletableFuture<JsonNode> ask(
      String caller, String address, JsonNode request, Duration limit) {
    return call(caller, address, WireFlex.write(request), limit)
        .thenApply(
            body -> {
              JsonNode result;
              try {
                result = WireFlex.read(body);
              } catch (IllegalArgumentException e) {
                throw new CompletionException(BusException.refused(address + ": " + e));
              }
              if (!result.has("Ok")) {
                throw new CompletionException(
                    BusException.refused(address + ": " + result.path("Err")));
              }
              return result.path("Ok");
            });
  }

  private static ByteBuffer answer(String address, Packet.CallReply reply) {
    if (reply.code() == Packet.OK && !reply.partial() && !reply.data().isEmpty()) {
      return Bodies.inflated(reply.data());
    }
    String text =
        reply.code() == Packet.OK ? "no answer" : reply.code() + " " + reply.data().toStringUtf8();
    throw new CompletionException(BusException.unreached(address + ": " + text));
  }

  /** Ends the connection; what was registered is gone with it. */
  @Override
  public void close() {
    Link now;
    synchronized (changing) {
      closed.countDown();
      now = link;
    }
    if (now != null) {
      now.close();
    }
  }
}
