package org.golempipeline.bus;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** One connection to the bus, until it breaks. One thread reads; any may write. */
final class Link implements AutoCloseable {
  private static final int DEFAULT_PORT = 7464;

  /** Larger frames are not believed. */
  private static final int LARGEST = 256 << 20;

  private final SocketChannel channel;
  private final Object writing = new Object();
  private final Queue<CompletableFuture<Packet.RegisterReply>> registrations = new ArrayDeque<>();
  private final Map<String, CompletableFuture<Packet.CallReply>> calls = new ConcurrentHashMap<>();
  private boolean broken;

  private Link(SocketChannel channel) {
    this.channel = channel;
  }

  /**
   * @param bus {@code unix:/path} or {@code tcp://host:port}
   */
  static Link connect(URI bus) throws IOException {
    String scheme = String.valueOf(bus.getScheme());
    SocketChannel channel;
    if (scheme.equals("unix")) {
      String path = bus.getSchemeSpecificPart().replaceFirst("^//(?=/)", "");
      channel = open(SocketChannel.open(StandardProtocolFamily.UNIX), unix(path));
    } else if (scheme.equals("tcp") && bus.getHost() != null) {
      int port = bus.getPort() < 0 ? DEFAULT_PORT : bus.getPort();
      channel = open(SocketChannel.open(), new InetSocketAddress(bus.getHost(), port));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    } else {
      throw new IOException("neither unix:/path nor tcp://host:port");
    }
    return new Link(channel);
  }

  private static SocketAddress unix(String path) throws IOException {
    try {
      return UnixDomainSocketAddress.of(path);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static SocketChannel open(SocketChannel channel, SocketAddress address)
      throws IOException {
    try {
      channel.connect(address);
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Waits for the next packet. */
  Packet read() throws IOException {
    ByteBuffer length = fill(ByteBuffer.allocate(Integer.BYTES));
    int size = length.getInt();
    if (size < 0 || size > LARGEST) {
      throw new IOException("a frame of " + size + " bytes");
    }
    return Packet.read(fill(ByteBuffer.allocate(size)).array());
  }

  private ByteBuffer fill(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("the daemon closed the connection");
      }
    }
    return buffer.flip();
  }

  void write(Packet packet) throws IOException {
    ByteBuffer frame = Packet.frame(packet);
    synchronized (writing) {
      while (frame.hasRemaining()) {
        channel.write(frame);
      }
    }
  }

  /** Registers an address; the replies come in this order. */
  CompletableFuture<Packet.RegisterReply> register(String address) {
    CompletableFuture<Packet.RegisterReply> reply = new CompletableFuture<>();
    synchronized (registrations) {
      if (broken) {
        return CompletableFuture.failedFuture(lost());
      }
      registrations.add(reply);
      try {
        write(new Packet.Register(address));
      } catch (IOException e) {
        reply.completeExceptionally(lost());
      }
    }
    return reply;
  }

  void registered(Packet.RegisterReply packet) {
    CompletableFuture<Packet.RegisterReply> reply;
    synchronized (registrations) {
      reply = registrations.poll();
    }
    if (reply != null) {
      reply.complete(packet);
    }
  }

  /** Sends a call and completes with its reply. */
  CompletableFuture<Packet.CallReply> call(Packet.CallRequest request) {
    CompletableFuture<Packet.CallReply> reply = new CompletableFuture<>();
    calls.put(request.id(), reply);
    try {
      write(request);
    } catch (IOException e) {
      reply.completeExceptionally(lost());
    }
    synchronized (registrations) {
      if (broken) {
        reply.completeExceptionally(lost());
      }
    }
    reply.whenComplete((done, problem) -> calls.remove(request.id()));
    return reply;
  }

  void replied(Packet.CallReply packet) {
    CompletableFuture<Packet.CallReply> reply = calls.get(packet.id());
    if (reply != null) {
      reply.complete(packet);
    }
  }

  private static BusException lost() {
    return BusException.unreached("the connection to the daemon's bus is lost");
  }

  /** Closes it, and fails what waits for an answer. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // It is of no use any more, closed or not.
    }
    synchronized (registrations) {
      broken = true;
      registrations.forEach(each -> each.completeExceptionally(lost()));
      registrations.clear();
    }
    calls.values().forEach(each -> each.completeExceptionally(lost()));
  }
}
