package org.golempipeline.bus;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Where daemons of a central net meet: a router of buses on a port of this machine. It knows names,
 * calls and broadcasts; what is in them passes as it is.
 */
public final class Hub implements AutoCloseable {
  // The kinds that only a router has to know.
  private static final int UNREGISTERED = 5;
  private static final int SUBSCRIBE = 8;
  private static final int SUBSCRIBED = 9;
  private static final int UNSUBSCRIBE = 10;
  private static final int UNSUBSCRIBED = 11;
  private static final int BROADCAST = 12;
  private static final int BROADCAST_TAKEN = 13;
  private static final int CONFLICT = 409;

  private final ServerSocket listening;
  private final Set<Peer> peers = ConcurrentHashMap.newKeySet();
  private final Map<String, Peer> services = new ConcurrentHashMap<>();
  private final Map<String, Set<Peer>> subscribers = new ConcurrentHashMap<>();
  private final Map<String, Peer> callers = new ConcurrentHashMap<>();

  private Hub(ServerSocket listening) {
    this.listening = listening;
  }

  /** Serves on a port that somebody listens on already, until it is closed. */
  public static Hub open(ServerSocket listening) {
    var hub = new Hub(listening);
    start("hub", hub::accept);
    return hub;
  }

  public String address() {
    return "127.0.0.1:" + listening.getLocalPort();
  }

  /**
   * Whether what comes from a node and goes to it is lost, as behind a relay that lost the node.
   */
  public void hold(String nodeId, boolean held) {
    var owner = owner("/net/" + nodeId);
    if (owner == null) {
      throw new IllegalArgumentException(nodeId + " is not connected");
    }
    owner.held = held;
  }

  private static void start(String name, Runnable work) {
    var thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        var peer = new Peer(listening.accept());
        peers.add(peer);
        start("hub in", peer::read);
        start("hub out", peer::write);
        peer.send(new Packet.Hello("golem-pipeline-lab", "1", randomId()));
      }
    } catch (IOException closed) {
      // That is the end of it.
    }
  }

  private static ByteString randomId() {
    var id = UUID.randomUUID();
    return ByteString.copyFrom(
        ByteBuffer.allocate(16)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .flip());
  }

  /** Who registered the longest beginning of an address, in whole segments. */
  private @Nullable Peer owner(String address) {
    for (var at = address; !at.isEmpty(); at = at.substring(0, at.lastIndexOf('/'))) {
      var owner = services.get(at);
      if (owner != null) {
        return owner;
      }
    }
    return null;
  }

  private Set<Peer> subscribers(String topic) {
    return subscribers.computeIfAbsent(topic, key -> ConcurrentHashMap.newKeySet());
  }

  @Override
  public void close() throws IOException {
    listening.close();
    peers.forEach(Peer::close);
  }

  /** A daemon that is connected. */
  private final class Peer {
    private final Socket socket;
    private final BlockingQueue<ByteBuffer> outgoing = new LinkedBlockingQueue<>();
    private volatile boolean held;

    Peer(Socket socket) {
      this.socket = socket;
    }

    void send(Packet packet) {
      outgoing.add(Packet.frame(packet));
    }

    void read() {
      try (var in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 65_536))) {
        while (true) {
          var size = in.readInt();
          var frame = ByteBuffer.allocate(Integer.BYTES + size).putInt(size);
          in.readFully(frame.array(), Integer.BYTES, size);
          take(frame.rewind());
        }
      } catch (IOException gone) {
        close();
      }
    }

    void write() {
      try (OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 65_536)) {
        while (true) {
          out.write(outgoing.take().array());
          if (outgoing.isEmpty()) {
            out.flush();
          }
        }
      } catch (IOException gone) {
        close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void take(ByteBuffer frame) throws IOException {
      var in = CodedInputStream.newInstance(frame.position(Integer.BYTES).slice());
      var kind = WireFormat.getTagFieldNumber(in.readTag());
      var fields = Packet.Fields.read(in.readByteArray());
      switch (kind) {
        case Packet.Register.KIND -> {
          var taken = services.putIfAbsent(fields.text(1), this) != null;
          send(new Packet.RegisterReply(taken ? CONFLICT : Packet.OK, ""));
        }
        case Packet.Unregister.KIND -> {
          services.remove(fields.text(1), this);
          send(new Packet.Other(UNREGISTERED));
        }
        case Packet.CallRequest.KIND -> {
          if (!held) {
            call(fields.text(2), fields.text(3), fields.number(5) != 0, frame);
          }
        }
        case Packet.CallReply.KIND -> {
          var partial = fields.number(3) != 0;
          var caller = partial ? callers.get(fields.text(1)) : callers.remove(fields.text(1));
          if (caller != null && !held && !caller.held) {
            caller.outgoing.add(frame);
          }
        }
        case SUBSCRIBE -> {
          subscribers(fields.text(1)).add(this);
          send(new Packet.Other(SUBSCRIBED));
        }
        case UNSUBSCRIBE -> {
          subscribers(fields.text(1)).remove(this);
          send(new Packet.Other(UNSUBSCRIBED));
        }
        case BROADCAST -> {
          send(new Packet.Other(BROADCAST_TAKEN));
          if (!held) {
            subscribers(fields.text(3)).forEach(each -> each.outgoing.add(frame));
          }
        }
        case Packet.Ping.KIND -> send(new Packet.Pong());
        default -> {
          // Greetings.
        }
      }
    }

    private void call(String address, String id, boolean noReply, ByteBuffer frame) {
      var owner = owner(address);
      if (owner != null && owner.held) {
        return;
      }
      if (owner != null) {
        if (!noReply) {
          callers.put(id, this);
        }
        owner.outgoing.add(frame);
      } else if (!noReply) {
        var reason = ByteString.copyFromUtf8("endpoint address not found: " + address);
        send(new Packet.CallReply(id, Packet.BAD_REQUEST, false, reason));
      }
    }

    void close() {
      peers.remove(this);
      services.values().removeIf(this::equals);
      callers.values().removeIf(this::equals);
      subscribers.values().forEach(each -> each.remove(this));
      try {
        socket.close();
      } catch (IOException e) {
        // It is gone all the same.
      }
    }
  }
}
