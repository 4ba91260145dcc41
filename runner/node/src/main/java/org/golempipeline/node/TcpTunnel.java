package org.golempipeline.node;

import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedBinaryMessage;
import io.undertow.websockets.core.BufferedTextMessage;
import io.undertow.websockets.core.CloseMessage;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import org.xnio.IoUtils;
import org.xnio.Pooled;

/**
 * A TCP connection to a program on this machine, carried by a WebSocket: frames of any size and
 * kind are bytes, in order. Whoever closes one of the two closes the other. Who writes faster than
 * the other side reads has to wait.
 */
final class TcpTunnel extends AbstractReceiveListener {
  private static final int BUFFER = 32 * 1024;
  private static final long LARGEST_FRAME = 16 * 1024 * 1024;

  private final SocketChannel program;
  private final Executor pool;

  private TcpTunnel(SocketChannel program, Executor pool) {
    this.program = program;
    this.pool = pool;
  }

  /**
   * Connects; blocks.
   *
   * @param pool for what blocks: a thread as long as the connection lasts, and one for each frame
   * @throws IOException if nobody listens at {@code port}
   */
  static TcpTunnel to(int port, Executor pool) throws IOException {
    return new TcpTunnel(
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)), pool);
  }

  /** Begins to carry bytes. */
  void attach(WebSocketChannel socket) {
    socket.addCloseTask(closed -> close());
    socket.getReceiveSetter().set(this);
    socket.resumeReceives();
    pool.execute(() -> carryBack(socket));
  }

  void close() {
    IoUtils.safeClose(program);
  }

  private void carryBack(WebSocketChannel socket) {
    try (program) {
      ByteBuffer bytes = ByteBuffer.allocate(BUFFER);
      while (program.read(bytes) >= 0) {
        WebSockets.sendBinaryBlocking(bytes.flip(), socket);
        bytes.clear();
      }
    } catch (IOException e) {
      // One of the two sides is gone; the other is told below.
    }
    WebSockets.sendClose(CloseMessage.NORMAL_CLOSURE, "", socket, null);
  }

  @Override
  protected long getMaxBinaryBufferSize() {
    return LARGEST_FRAME;
  }

  @Override
  protected long getMaxTextBufferSize() {
    return LARGEST_FRAME;
  }

  @Override
  @SuppressWarnings("deprecation") // Undertow hands messages out in this type only.
  protected void onFullBinaryMessage(WebSocketChannel socket, BufferedBinaryMessage message) {
    Pooled<ByteBuffer[]> pooled = message.getData();
    try {
      carry(socket, WebSockets.mergeBuffers(pooled.getResource()));
    } finally {
      pooled.free();
    }
  }

  @Override
  protected void onFullTextMessage(WebSocketChannel socket, BufferedTextMessage message) {
    carry(socket, ByteBuffer.wrap(message.getData().getBytes(StandardCharsets.UTF_8)));
  }

  /** The next frame is read when this one has been written. */
  private void carry(WebSocketChannel socket, ByteBuffer bytes) {
    socket.suspendReceives();
    pool.execute(
        () -> {
          try {
            while (bytes.hasRemaining()) {
              program.write(bytes);
            }
            socket.resumeReceives();
          } catch (IOException e) {
            close();
          }
        });
  }
}
