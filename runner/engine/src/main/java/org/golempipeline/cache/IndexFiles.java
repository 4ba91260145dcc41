package org.golempipeline.cache;

import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Predicate;
import org.golempipeline.plainfile.PlainFile;
import org.golempipeline.plainfile.WholeFile;
import org.slf4j.LoggerFactory;

/**
 * Reads and gathers the sidecars of a cache. They lie alone or in a bundle: one after the other,
 * each under its name and length, so that a damaged one is left out and the others are not.
 */
final class IndexFiles {
  /** So many files may lie alone before they are gathered. */
  private static final int MOST_ALONE = 64;

  /** {@code GPB} and the version of the format. */
  private static final int MAGIC = 'G' << 24 | 'P' << 16 | 'B' << 8 | 1;

  private static final int HEAD = Digest.SIZE + Long.BYTES;
  private static final int WINDOW = 4 << 20;

  private final CacheFolder folder;
  private final MessageDigest digest = Digest.sha256();

  IndexFiles(CacheFolder folder) {
    this.folder = folder;
  }

  /** Is told of every sidecar that is whole. */
  interface Visitor {
    /**
     * @param pack name of the sidecar and of its pack
     * @param start of the content in {@code file}
     */
    void sidecar(Digest pack, Path file, long start, ByteBuffer content) throws IOException;
  }

  /** Visits every whole sidecar. Some may come twice, if somebody was killed at a bad moment. */
  void visit(Visitor visitor) throws IOException {
    for (var bundle : folder.index(CacheFolder.BUNDLE)) {
      visitBundle(bundle, visitor);
    }
    for (var sidecar : folder.index(CacheFolder.SIDECAR)) {
      visitAlone(sidecar, visitor);
    }
  }

  private void visitAlone(Path file, Visitor visitor) throws IOException {
    var name = CacheFolder.name(file);
    try (var channel = PlainFile.open(file)) {
      var size = channel.size();
      if (name != null && size <= Integer.MAX_VALUE) {
        var content = range(channel, 0, (int) size);
        if (matches(name, content)) {
          visitor.sidecar(name, file, 0, content);
          return;
        }
      }
    }
    LoggerFactory.getLogger(IndexFiles.class).debug("{} is damaged", file);
  }

  private void visitBundle(Path file, Visitor visitor) throws IOException {
    try (var channel = PlainFile.open(file)) {
      var size = channel.size();
      var window = range(channel, 0, (int) Math.min(size, WINDOW));
      var begin = 0L;
      if (window.remaining() < Integer.BYTES || window.getInt() != MAGIC) {
        return;
      }
      for (var at = (long) Integer.BYTES; at <= size - HEAD; ) {
        if (begin + window.limit() - at < HEAD) {
          window = range(channel, at, (int) Math.min(size - at, WINDOW));
          begin = at;
        }
        var head = window.duplicate().position((int) (at - begin));
        var name = Digest.read(head);
        var length = head.getLong();
        at += HEAD;
        if (length < 0 || length > size - at || length > Integer.MAX_VALUE) {
          return;
        }
        if (begin + window.limit() - at < length) {
          window = range(channel, at, (int) Math.max(length, Math.min(size - at, WINDOW)));
          begin = at;
        }
        var content = window.slice((int) (at - begin), (int) length);
        if (matches(name, content)) {
          visitor.sidecar(name, file, at, content);
        }
        at += length;
      }
    }
  }

  private boolean matches(Digest name, ByteBuffer content) {
    digest.update(content.duplicate());
    return Digest.of(digest).equals(name);
  }

  /** A range of the file; a large one is mapped instead of read. */
  private static ByteBuffer range(FileChannel channel, long start, int length) throws IOException {
    if (length > WINDOW) {
      return channel.map(FileChannel.MapMode.READ_ONLY, start, length);
    }
    var buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, start + buffer.position()) < 0) {
        throw new EOFException("a file of the index became shorter");
      }
    }
    return buffer.flip();
  }

  /** Whether it is time to {@link #gather}. */
  boolean areMany() throws IOException {
    return folder.index(CacheFolder.SIDECAR).size() > MOST_ALONE
        || folder.index(CacheFolder.BAD).size() > MOST_ALONE;
  }

  /**
   * Puts the sidecars in {@code wanted} into one bundle, what is bad of them into one file, and
   * removes everything else. Nobody else may use the cache meanwhile.
   */
  void gather(Predicate<Digest> wanted) throws IOException {
    var before = new ArrayList<Path>(folder.index(CacheFolder.BUNDLE));
    before.addAll(folder.index(CacheFolder.SIDECAR));
    var seen = new HashSet<Digest>();
    var gathered = folder.fresh().resolve("index");
    var whole = Digest.sha256();
    WholeFile.write(
        gathered,
        stream -> {
          var target = new DataOutputStream(new DigestOutputStream(stream, whole));
          target.writeInt(MAGIC);
          visit(
              (pack, file, start, content) -> {
                if (wanted.test(pack) && seen.add(pack)) {
                  target.write(pack.bytes());
                  target.writeLong(content.remaining());
                  copy(content.duplicate(), target);
                }
              });
        });
    var bundle = folder.index().resolve(Digest.of(whole) + CacheFolder.BUNDLE);
    WholeFile.rename(gathered, bundle);
    remove(before, bundle);
    BadResults.gather(folder, wanted);
  }

  private static void copy(ByteBuffer content, DataOutputStream target) throws IOException {
    var bytes = new byte[Math.min(content.remaining(), 1 << 16)];
    while (content.hasRemaining()) {
      var count = Math.min(bytes.length, content.remaining());
      content.get(bytes, 0, count);
      target.write(bytes, 0, count);
    }
  }

  private static void remove(List<Path> files, Path but) throws IOException {
    for (var file : files) {
      if (!file.equals(but)) {
        Files.deleteIfExists(file);
      }
    }
  }
}
