package org.golempipeline.golem.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.golempipeline.golem.ByteSource;
import org.golempipeline.golem.http.FakeSockets;
import org.golempipeline.golem.http.Retrier;
import org.golempipeline.golem.http.Threads;
import org.golempipeline.golem.wire.FileMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
final class FileSlotTest {
  private final FakeSockets daemon = new FakeSockets();
  private final Threads threads = new Threads();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final FileHost host =
      new FileHost(
          daemon.caller(threads),
          new Retrier(threads::after, 1),
          threads,
          "0xme",
          closed,
          new SentBytes());

  @AfterEach
  void close() {
    closed.set(true);
    threads.close();
  }

  /** Its end may be heard before whoever asked for it hears that it is there. */
  @Test
  void aConnectionThatEndsAsSoonAsItIsThereIsMadeAgain() throws Exception {
    FileSlot.open(host);
    FakeSockets.Socket first = daemon.next();
    first.listener.onOpen(first);
    first.listener.onClose(first, 1006, "");
    first.complete();
    assertThat(daemon.next()).isNotSameAs(first);
  }

  /** The daemon knows its requests by connection. */
  @Test
  void answersOnAConnectionThatIsLostAreNotSentOnTheNext() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch mayRead = new CountDownLatch(1);
    CompletableFuture<FileSlot> opening = FileSlot.serve(host, slow(reading, mayRead));
    FakeSockets.Socket first = opened(daemon.next());
    opening.get(120, TimeUnit.SECONDS);
    first.listener.onBinary(first, FileMessage.encode(new FileMessage.GetChunk("1", 0, 1)), true);
    reading.await();
    first.listener.onError(first, new IllegalStateException("lost"));
    FakeSockets.Socket second = opened(daemon.next());
    mayRead.countDown();
    first.awaitRequest();
    second.listener.onBinary(second, FileMessage.encode(new FileMessage.GetChunk("2", 0, 1)), true);
    ByteBuffer sent = second.sent.poll(120, TimeUnit.SECONDS);
    assertThat(FileMessage.decodeReply(sent).id()).isEqualTo("2");
  }

  private static FakeSockets.Socket opened(FakeSockets.Socket socket) throws Exception {
    socket.listener.onOpen(socket);
    socket.complete();
    socket.awaitRequest();
    return socket;
  }

  private static ByteSource slow(CountDownLatch reading, CountDownLatch mayRead) {
    return new ByteSource() {
      @Override
      public long size() {
        return 1;
      }

      @Override
      public void read(long offset, ByteBuffer target) {
        reading.countDown();
        try {
          mayRead.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        target.put((byte) 7);
      }
    };
  }
}
