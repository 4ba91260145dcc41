package org.golempipeline.batch;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import org.golempipeline.plainfile.PlainFile;

/**
 * The local files that archives are read from. Hides that only a few of them are open at a time,
 * however many archives there are; one is enough for a run. Safe for any number of threads.
 */
public final class SourceFiles implements AutoCloseable {
  private static final int KEPT = 32;

  /** A channel that nobody used goes first. */
  private final LinkedHashMap<Path, OpenFile> open = new LinkedHashMap<>(16, 0.75f, true);

  /** Closes what is open. What is read afterwards is opened again. */
  @Override
  public void close() throws IOException {
    synchronized (open) {
      for (var file : open.values()) {
        file.channel.close();
      }
      open.clear();
    }
  }

  /**
   * Fills {@code target} with the bytes of {@code file} from {@code position} on.
   *
   * @throws IOException if the file cannot be read or has become too short
   */
  void read(Path file, long position, ByteBuffer target) throws IOException {
    var begin = target.position();
    for (var attempt = 0; ; attempt++) {
      var opened = borrow(file);
      try {
        fill(opened.channel, file, position, target);
        return;
      } catch (ClosedByInterruptException interrupted) {
        throw interrupted;
      } catch (ClosedChannelException closed) {
        // Another thread was interrupted while it read this channel, which closes it for all.
        if (attempt == 3) {
          throw closed;
        }
        target.position(begin);
      } finally {
        giveBack(file, opened);
      }
    }
  }

  int openFiles() {
    synchronized (open) {
      return open.size();
    }
  }

  private static void fill(FileChannel channel, Path file, long position, ByteBuffer target)
      throws IOException {
    var at = position;
    while (target.hasRemaining()) {
      var count = channel.read(target, at);
      if (count < 0) {
        throw new EOFException(
            "`%s` changed since it was split: it ends after %d bytes and %d more were expected."
                .formatted(file, Math.min(channel.size(), at), target.remaining()));
      }
      at += count;
    }
  }

  private OpenFile borrow(Path file) throws IOException {
    synchronized (open) {
      OpenFile opened;
      try {
        opened = open.computeIfAbsent(file, SourceFiles::open);
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      opened.users++;
      return opened;
    }
  }

  private void giveBack(Path file, OpenFile opened) throws IOException {
    synchronized (open) {
      opened.users--;
      if (!opened.channel.isOpen()) {
        open.remove(file, opened);
      }
      if (open.size() <= KEPT) {
        return;
      }
      for (var each = open.values().iterator(); each.hasNext() && open.size() > KEPT; ) {
        var eldest = each.next();
        if (eldest.users == 0) {
          each.remove();
          eldest.channel.close();
        }
      }
    }
  }

  private static OpenFile open(Path file) {
    try {
      return new OpenFile(PlainFile.open(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class OpenFile {
    final FileChannel channel;
    int users;

    OpenFile(FileChannel channel) {
      this.channel = channel;
    }
  }
}
