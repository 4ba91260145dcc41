package org.golempipeline.filelock;

import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * Keeps two runs of one pipeline in one folder apart. The system releases it when the process dies,
 * however it dies.
 */
public final class RunLock implements AutoCloseable {
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
    var lock = SystemLock.tryNamed(file, now.toString());
    if (lock.isEmpty()) {
      throw new TakenException(file, parse(SystemLock.name(file)));
    }
    return new RunLock(lock.get());
  }

  private static Optional<Holder> parse(String text) {
    var words = text.split(" ", 2);
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
