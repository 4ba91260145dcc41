package org.golempipeline.cache;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.function.Predicate;
import org.golempipeline.plainfile.PlainFile;
import org.golempipeline.plainfile.WholeFile;

/**
 * Results that are not to be found again, by pack and key. Every run writes what it finds into a
 * file of its own, so nobody waits for anybody and what a killed run left is cut short at worst.
 * Nothing is ever taken back but with its pack: files may be read in any order, twice, or put
 * together.
 */
final class BadResults {
  /** A pack and a key. */
  private static final int RECORD = 2 * Digest.SIZE;

  private final CacheFolder folder;
  private final Path own;
  private final KeyTable table = new KeyTable();
  private int written;

  BadResults(CacheFolder folder) {
    this.folder = folder;
    this.own = folder.index().resolve(UUID.randomUUID() + CacheFolder.BAD);
  }

  /** Takes in what earlier runs found. */
  void load() throws IOException {
    visit(folder, (pack, key) -> table.put(both(pack, key), 0));
  }

  boolean contains(Digest pack, Digest key) {
    return table.size() > 0 && table.find(both(pack, key)) != KeyTable.NOTHING;
  }

  /** Adds one, for this run even if it cannot be written. */
  void add(Digest pack, Digest key) throws IOException {
    if (contains(pack, key)) {
      return;
    }
    table.put(both(pack, key), 0);
    var record = ByteBuffer.allocate(RECORD);
    pack.write(record);
    key.write(record);
    record.flip();
    try (var channel = FileChannel.open(own, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      // Not at the end of the file: half a record of a full disk may lie there.
      for (var at = (long) written * RECORD; record.hasRemaining(); ) {
        channel.write(record, at + record.position());
      }
    }
    written++;
  }

  /** The table keeps the first eight bytes only, which are random in both. */
  private static Digest both(Digest pack, Digest key) {
    return new Digest(pack.first() ^ Long.rotateLeft(key.first(), 1), 0, 0, 0);
  }

  private interface Visitor {
    void bad(Digest pack, Digest key) throws IOException;
  }

  private static void visit(CacheFolder folder, Visitor visitor) throws IOException {
    for (var file : folder.index(CacheFolder.BAD)) {
      try (var stream = new BufferedInputStream(PlainFile.stream(file))) {
        for (var bytes = stream.readNBytes(RECORD);
            bytes.length == RECORD;
            bytes = stream.readNBytes(RECORD)) {
          var record = ByteBuffer.wrap(bytes);
          visitor.bad(Digest.read(record), Digest.read(record));
        }
      }
    }
  }

  /**
   * Puts those in packs that are {@code wanted} into one file. Nobody else may use the cache
   * meanwhile.
   */
  static void gather(CacheFolder folder, Predicate<Digest> wanted) throws IOException {
    var before = folder.index(CacheFolder.BAD);
    if (before.isEmpty()) {
      return;
    }
    var gathered = folder.index().resolve("all" + CacheFolder.BAD);
    WholeFile.write(
        folder.fresh().resolve(UUID.randomUUID() + CacheFolder.BAD),
        gathered,
        target -> {
          var seen = new KeyTable();
          visit(
              folder,
              (pack, key) -> {
                if (wanted.test(pack) && seen.find(both(pack, key)) == KeyTable.NOTHING) {
                  seen.put(both(pack, key), 0);
                  target.write(pack.bytes());
                  target.write(key.bytes());
                }
              });
        });
    for (var file : before) {
      if (!file.equals(gathered)) {
        Files.deleteIfExists(file);
      }
    }
    if (Files.size(gathered) == 0) {
      Files.delete(gathered);
    }
  }
}
