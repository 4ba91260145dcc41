package org.golempipeline.golem.files;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.golempipeline.golem.ByteSink;
import org.golempipeline.golem.ByteSource;
import org.golempipeline.golem.GolemConnection;
import org.golempipeline.golem.GolemException;
import org.golempipeline.golem.http.Caller;
import org.golempipeline.golem.http.Failures;
import org.golempipeline.golem.http.Handshake;
import org.golempipeline.golem.http.Retrier;
import org.golempipeline.golem.http.Threads;
import org.jspecify.annotations.Nullable;

/**
 * Files of ours that providers find under URLs: to read, or to be written. Blocks until the daemon
 * has answered, and fails with {@link GolemException} if it does not. Used by one thread.
 */
final class SharedFiles implements AutoCloseable {
  private static final long CLOSING_SECONDS = 3;

  /** Files that came whole need no address, but a provider may have missed that they did. */
  private static final int KEPT_RECEIVED = 64;

  private final GolemConnection connection;
  private final Threads threads = new Threads();
  private final Retrier retrier = new Retrier(threads::after, 0);
  private final Caller caller;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Map<String, Shared> byUrl = new HashMap<>();
  private final Deque<String> received = new ArrayDeque<>();
  private @Nullable FileHost host;

  SharedFiles(GolemConnection connection) {
    this.connection = connection;
    caller = new Caller(connection, threads, retrier);
  }

  private record Shared(FileSlot slot, Path file, boolean toWrite, AutoCloseable open) {}

  /** A URL that the content of {@code file} is read from. */
  String publish(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    ByteSource source =
        new ByteSource() {
          private final long size = channel.size();

          @Override
          public long size() {
            return size;
          }

          @Override
          public void read(long offset, ByteBuffer target) throws IOException {
            long at = offset;
            while (target.hasRemaining()) {
              int count = channel.read(target, at);
              if (count < 0) {
                throw new EOFException(file + " became shorter");
              }
              at += count;
            }
          }
        };
    try {
      FileSlot slot = await(FileSlot.serve(host(), source));
      byUrl.put(slot.url(), new Shared(slot, file, false, channel));
      return slot.url();
    } catch (GolemException e) {
      channel.close();
      throw e;
    }
  }

  /** A URL that {@code file} is written to; it is made, and empty at first. */
  String receive(Path file) throws IOException {
    Target target = new Target(file);
    try {
      FileSlot slot = await(FileSlot.open(host()));
      slot.point(null, target, () -> {});
      byUrl.put(slot.url(), new Shared(slot, file, true, target));
      received.add(slot.url());
      closeReceived();
      return slot.url();
    } catch (GolemException e) {
      target.close();
      throw e;
    }
  }

  /** Gives the addresses back of what came long ago. */
  private void closeReceived() {
    while (received.size() > KEPT_RECEIVED) {
      String eldest = received.element();
      Shared shared = byUrl.get(eldest);
      if (shared != null && !shared.slot.received()) {
        return;
      }
      received.remove();
      var unused = close(eldest);
    }
  }

  /** Writes to a URL of {@link #receive}; those of other nodes can not be reached from here. */
  void upload(Path file, String url) throws IOException {
    Files.copy(file, ours(url, true).file, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Reads from a URL of {@link #publish}; those of other nodes can not be reached from here. */
  void download(String url, Path file) throws IOException {
    Files.copy(ours(url, false).file, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private Shared ours(String url, boolean toWrite) throws IOException {
    Shared shared = byUrl.get(url);
    if (shared == null || shared.toWrite != toWrite) {
      throw new IOException(
          "%s is no URL that was %s here".formatted(url, toWrite ? "received" : "published"));
    }
    return shared;
  }

  /** Whether there was such a URL; it is none any more. */
  boolean close(String url) {
    Shared shared = byUrl.remove(url);
    if (shared == null) {
      return false;
    }
    var unused = release(shared);
    return true;
  }

  private static CompletableFuture<Boolean> release(Shared shared) {
    shared.slot.rest();
    try {
      shared.open.close();
    } catch (Exception e) {
      Caller.LOG.debug("could not close {}", shared.file, e);
    }
    return shared.slot.close();
  }

  private FileHost host() {
    FileHost known = host;
    if (known == null) {
      String identity = await(Handshake.identity(caller)).identity();
      known = new FileHost(caller, retrier, threads, identity, closed, new SentBytes());
      host = known;
    }
    return known;
  }

  private <T> T await(CompletableFuture<T> answer) {
    try {
      return answer.join();
    } catch (CompletionException e) {
      throw Failures.of(e, GolemException.Kind.YAGNA, connection.url());
    }
  }

  /** Closes all there is. */
  @Override
  public void close() {
    closed.set(true);
    List<CompletableFuture<Boolean>> closing =
        byUrl.values().stream().map(SharedFiles::release).toList();
    try {
      CompletableFuture.allOf(closing.toArray(CompletableFuture<?>[]::new))
          .get(CLOSING_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      Caller.LOG.debug("could not give all addresses back", e);
    }
    threads.close();
  }

  /** Writes what comes to a file. */
  private static final class Target implements ByteSink, AutoCloseable {
    private final Path file;
    private @Nullable FileChannel channel;

    Target(Path file) throws IOException {
      this.file = file;
      restart();
    }

    @Override
    public synchronized void restart() throws IOException {
      close();
      channel =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING);
    }

    @Override
    public synchronized void write(ByteBuffer chunk) throws IOException {
      FileChannel open = channel;
      if (open == null) {
        throw new IOException("the file is closed");
      }
      while (chunk.hasRemaining()) {
        open.write(chunk);
      }
    }

    @Override
    public void finish() throws IOException {
      close();
    }

    @Override
    public synchronized void close() throws IOException {
      if (channel != null) {
        channel.close();
        channel = null;
      }
    }
  }
}
