package org.golempipeline.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * Keeps two runs of one pipeline in one folder apart. The system releases it when the process dies,
 * however it dies.
 */
public final class RunLock implements AutoCloseable {
  private static final int MOST_BYTES = 200;

  private final SystemLock lock;

  private RunLock(SystemLock lock) {
    this.lock = lock;
  }

  /**
   * Who has the lock.
   *
   * @param since when it was taken
   */
  public record Holder(long pid, Instant since) {}

  /** Another run has it. */
  public static final class TakenException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Optional<Holder> holder;

    TakenException(Path file, Optional<Holder> holder) {
      super(file + " is locked");
      this.holder = holder;
    }

    /** The other one, unless it has only just begun. */
    public Optional<Holder> holder() {
      return holder;
    }
  }

  /**
   * Takes the lock of {@code pipeline}, which is {@code <pipeline>.lock} in {@code folder}.
   *
   * @param now written into the file, for the message of whoever comes next
   */
  public static RunLock take(Path folder, String pipeline, Instant now)
      throws IOException, TakenException {
    var file = folder.resolve(pipeline + ".lock");
    var lock = SystemLock.tryExclusive(file);
    if (lock.isEmpty()) {
      throw new TakenException(file, holder(file));
    }
    var text = "%d %s\n".formatted(ProcessHandle.current().pid(), now);
    try {
      write(lock.get().channel(), text);
    } catch (IOException e) {
      lock.get().close();
      throw e;
    }
    return new RunLock(lock.get());
  }

  private static void write(FileChannel channel, String text) throws IOException {
    channel.truncate(0);
    var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    for (var at = 0; bytes.hasRemaining(); ) {
      at += channel.write(bytes, at);
    }
  }

  private static Optional<Holder> holder(Path file) throws IOException {
    return parse(new String(SystemLock.read(file, MOST_BYTES), StandardCharsets.UTF_8));
  }

  private static Optional<Holder> parse(String text) {
    var words = text.strip().split(" ", 2);
    try {
      return words.length == 2
          ? Optional.of(new Holder(Long.parseLong(words[0]), Instant.parse(words[1])))
          : Optional.empty();
    } catch (NumberFormatException | DateTimeException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
