package org.golempipeline.golem.http;

import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.wire.NearDaemon;

/** A daemon of file services alone, whose WebSockets do what the test says. */
public final class FakeSockets implements Transport {
  private final BlockingQueue<Socket> opened = new LinkedBlockingQueue<>();

  public Caller caller(Threads threads) {
    return new Caller(
        this,
        new GolemConnection(URI.create("http://fake"), "key"),
        new Retrier(threads::after, 1));
  }

  /** The next WebSocket that is asked for; nothing has been said of it yet. */
  public Socket next() throws InterruptedException {
    Socket socket = opened.poll(120, TimeUnit.SECONDS);
    if (socket == null) {
      throw new AssertionError("no connection was asked for");
    }
    return socket;
  }

  @Override
  public CompletableFuture<NearDaemon.Answer> send(Call<?> call) {
    String body =
        call.method().equals("POST")
            ? "{\"listen\":{\"on\":\"/public/x\",\"components\":[]},\"servicesId\":\"one\"}"
            : "null";
    return CompletableFuture.completedFuture(
        new NearDaemon.Answer(200, body.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public CompletableFuture<Boolean> follow(String path, Flow.Subscriber<String> lines) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<Optional<Instant>> time(String path, Duration limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<WebSocket> webSocket(String path, WebSocket.Listener listener) {
    Socket socket = new Socket(listener);
    opened.add(socket);
    return socket.asked;
  }

  /** One connection. */
  public static final class Socket implements WebSocket {
    private final CompletableFuture<WebSocket> asked = new CompletableFuture<>();
    private final Semaphore requested = new Semaphore(0);

    /** What is there to be told what happens. */
    public final Listener listener;

    /** What was sent. */
    public final BlockingQueue<ByteBuffer> sent = new LinkedBlockingQueue<>();

    Socket(Listener listener) {
      this.listener = listener;
    }

    /** Tells who asked for it that it is there. */
    public void complete() {
      asked.complete(this);
    }

    /** Waits until one more message is asked for. */
    public void awaitRequest() throws InterruptedException {
      if (!requested.tryAcquire(120, TimeUnit.SECONDS)) {
        throw new AssertionError("nothing more was asked for");
      }
    }

    @Override
    public CompletableFuture<WebSocket> sendBinary(ByteBuffer data, boolean last) {
      sent.add(data);
      return CompletableFuture.completedFuture(this);
    }

    @Override
    public void request(long count) {
      requested.release((int) count);
    }

    @Override
    public CompletableFuture<WebSocket> sendText(CharSequence data, boolean last) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<WebSocket> sendPing(ByteBuffer message) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<WebSocket> sendPong(ByteBuffer message) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<WebSocket> sendClose(int code, String reason) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String getSubprotocol() {
      return "";
    }

    @Override
    public boolean isOutputClosed() {
      return false;
    }

    @Override
    public boolean isInputClosed() {
      return false;
    }

    @Override
    public void abort() {}
  }
}
