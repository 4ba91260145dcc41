package org.golempipeline.exeunit;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks while a program runs how much the files of its activity take, and ends it when that is more
 * than it may. Holes count as if they were full, since they are when they are read. Looking takes a
 * tenth of the time at most, and programs that end within a second are not looked at. Thread-safe.
 */
final class StorageWatch implements AutoCloseable {
  private static final long FIRST_LOOK_MILLIS = 1000;
  private static final int SHARE = 10;
  private static final long BLOCK = 4096;
  private static final long WORTH_COUNTING_ONCE = 16 * BLOCK;

  private final LongSupplier taken;
  private final long limit;
  private final Executor executor;
  private final Runnable end;
  private volatile boolean closed;
  private volatile boolean exceeded;

  /**
   * Begins to look.
   *
   * @param taken bytes that the files take now, as far as that has to be known
   * @param end kills what runs; called once at most
   */
  StorageWatch(LongSupplier taken, long limit, Executor executor, Runnable end) {
    this.taken = taken;
    this.limit = limit;
    this.executor = executor;
    this.end = end;
    lookAfter(FIRST_LOOK_MILLIS);
  }

  private void lookAfter(long millis) {
    CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, executor).execute(this::look);
  }

  private void look() {
    if (closed) {
      return;
    }
    long begin = System.nanoTime();
    long bytes = taken.getAsLong();
    if (bytes > limit) {
      end();
    } else if (!closed) {
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
      lookAfter(Math.max(FIRST_LOOK_MILLIS, SHARE * took));
    }
  }

  /** Not once it is closed: what runs then is another program. */
  private synchronized void end() {
    if (!closed) {
      exceeded = true;
      end.run();
    }
  }

  /** What the files below {@code folder} take, as far as that has to be known. */
  static long taken(Path folder, long enough) {
    var counter =
        new SimpleFileVisitor<Path>() {
          private final Set<Object> counted = new HashSet<>();
          private long bytes;

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            long size = (attributes.size() + BLOCK - 1) / BLOCK * BLOCK;
            // One with several names takes its room once.
            if (size < WORTH_COUNTING_ONCE || counted.add(attributes.fileKey())) {
              bytes += size;
            }
            return bytes > enough ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            bytes += BLOCK;
            return FileVisitResult.CONTINUE;
          }

          /** It has just gone, or may not be read. */
          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path path, @Nullable IOException e) {
            return FileVisitResult.CONTINUE;
          }
        };
    try {
      Files.walkFileTree(folder, counter);
    } catch (IOException e) {
      // It has just gone.
    }
    return counter.bytes;
  }

  /** Whether it ended the program. */
  boolean exceeded() {
    return exceeded;
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
