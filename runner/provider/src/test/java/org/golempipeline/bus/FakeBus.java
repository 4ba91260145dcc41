package org.golempipeline.bus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.protobuf.ByteString;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.golempipeline.golem.wire.WireFlex;

/** The service bus of a daemon, as far as one program at it needs: for tests. */
public final class FakeBus implements AutoCloseable {
  private final ServerSocket server;
  private final BiFunction<String, JsonNode, JsonNode> local;
  private final Map<String, Connection> addresses = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();
  private final AtomicInteger ids = new AtomicInteger();

  /**
   * @param local answers calls of the program, by the last part of their address
   */
  public FakeBus(BiFunction<String, JsonNode, JsonNode> local) throws IOException {
    this.local = local;
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "fake-bus");
    thread.setDaemon(true);
    thread.start();
  }

  public URI url() {
    return URI.create("tcp://127.0.0.1:" + server.getLocalPort());
  }

  private void accept() {
    try {
      while (true) {
        Connection connection = new Connection(server.accept());
        start(connection::read);
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  /** Whether somebody serves the address. */
  public boolean serves(String address) {
    return addresses.containsKey(address);
  }

  /** Breaks all connections; what was registered is forgotten. */
  public void cut() {
    addresses.values().forEach(Connection::close);
    addresses.clear();
  }

  /** Calls a method of a program, and gives its whole answer. */
  public JsonNode call(String caller, String address, String method, JsonNode body)
      throws Exception {
    String id = "test-" + ids.incrementAndGet();
    CompletableFuture<JsonNode> reply = new CompletableFuture<>();
    calls.put(id, reply);
    addresses
        .get(address)
        .send(
            new Packet.CallRequest(
                caller,
                address + "/" + method,
                id,
                ByteString.copyFrom(WireFlex.write(body)),
                false));
    return reply.get(120, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
  }

  private final class Connection {
    private final Socket socket;
    private final DataOutputStream out;

    Connection(Socket socket) throws IOException {
      this.socket = socket;
      out = new DataOutputStream(socket.getOutputStream());
    }

    synchronized void send(Packet packet) {
      try {
        out.write(Packet.frame(packet).array());
        out.flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void close() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void read() {
      try (DataInputStream in = new DataInputStream(socket.getInputStream())) {
        while (true) {
          handle(Packet.read(in.readNBytes(in.readInt())));
        }
      } catch (IOException e) {
        addresses.values().removeIf(each -> each == this);
      }
    }

    private void handle(Packet packet) {
      if (packet instanceof Packet.Register register) {
        boolean free = addresses.putIfAbsent(register.address(), this) == null;
        send(new Packet.RegisterReply(free ? Packet.OK : 409, ""));
      } else if (packet instanceof Packet.Unregister unregister) {
        addresses.remove(unregister.address());
      } else if (packet instanceof Packet.CallRequest request) {
        String method = request.address().substring(request.address().lastIndexOf('/') + 1);
        JsonNode answer = local.apply(method, WireFlex.read(Bodies.inflated(request.data())));
        send(
            new Packet.CallReply(
                request.id(),
                Packet.OK,
                false,
                ByteString.copyFrom(
                    WireFlex.write(JsonNodeFactory.instance.objectNode().set("Ok", answer)))));
      } else if (packet instanceof Packet.CallReply reply) {
        calls.get(reply.id()).complete(WireFlex.read(Bodies.inflated(reply.data())));
      }
    }
  }
}
