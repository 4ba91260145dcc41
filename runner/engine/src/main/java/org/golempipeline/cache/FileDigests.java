package org.golempipeline.cache;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import org.golempipeline.plainfile.PlainFile;
import org.golempipeline.plainfile.WholeFile;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The SHA-256 of ranges of files. What was digested is remembered across runs as long as the system
 * says that the file is the same; a file that changed so shortly before that its times could hide
 * another change is not. Trouble with the memory only makes it forget. Safe for several threads.
 */
public final class FileDigests implements AutoCloseable {
  private static final String NAME = "digests";

  /** {@code GPD} and the version of the format. */
  private static final int MAGIC = 'G' << 24 | 'P' << 16 | 'D' << 8 | 2;

  private static final int MOST_TRACKED = 1024;
  private static final int MOST_RECORDS = 4_000_000;
  private static final Duration FORGOTTEN = Duration.ofDays(30);
  private static final int NOTED_EVERY_DAYS = 7;

  /** Of files that do not change. */
  private static final FileStamp NO_STAMP = new FileStamp(0, 0, 0, "");

  private final Path memory;
  private final Path ours;
  private final Clock clock;
  private final boolean rehash;
  private final OpenFiles files = new OpenFiles();
  private @Nullable DigestTable table;
  private boolean changed;

  /** The files that were asked for last. */
  private final LinkedHashMap<Path, Tracked> tracked = new LinkedHashMap<>(16, 0.75f, true);

  private FileDigests(Path memory, Path ours, Clock clock, boolean rehash) {
    this.memory = memory;
    this.ours = ours;
    this.clock = clock;
    this.rehash = rehash;
    this.table = rehash ? new DigestTable() : null;
  }

  /** A file as it was when it was first asked for, and the records that depend on that. */
  private static final class Tracked {
    private final FileStamp stamp;
    private final Digest id;
    private final boolean racy;
    private int[] records = new int[1];
    private int count;

    Tracked(FileStamp stamp, Digest id, boolean racy) {
      this.stamp = stamp;
      this.id = id;
      this.racy = racy;
    }

    void add(int record) {
      if (count == records.length) {
        records = Arrays.copyOf(records, count + count / 2 + 1);
      }
      records[count++] = record;
    }
  }

  /**
   * Opens the memory in {@code folder}, which need not exist.
   *
   * @param ours what lies below is written once, by us, and not remembered after this run
   * @param rehash whether to begin with an empty memory, and believe nothing the system says of
   *     files
   */
  public static FileDigests open(Path folder, Path ours, Clock clock, boolean rehash) {
    var memory = folder.resolve(NAME);
    return new FileDigests(memory, ours.toAbsolutePath().normalize(), clock, rehash);
  }

  /**
   * Read when something is asked for the first time: a run whose results are in place asks nothing.
   */
  private DigestTable table() {
    if (table == null) {
      table = read(memory);
    }
    return table;
  }

  private static DigestTable read(Path memory) {
    var digest = Digest.sha256();
    try (var stream = PlainFile.stream(memory)) {
      var bytes = Files.size(memory) - 2 * Integer.BYTES - Digest.SIZE;
      var source = new DataInputStream(new DigestInputStream(stream, digest));
      if (source.readInt() == MAGIC) {
        var table = DigestTable.read(source, bytes);
        var all = Digest.of(digest);
        if (all.equals(Digest.read(ByteBuffer.wrap(stream.readNBytes(Digest.SIZE))))) {
          return table;
        }
      }
      LoggerFactory.getLogger(FileDigests.class).debug("{} is damaged", memory);
    } catch (NoSuchFileException e) {
      return new DigestTable();
    } catch (IOException | RuntimeException e) {
      LoggerFactory.getLogger(FileDigests.class).debug("{} cannot be read", memory, e);
    }
    return new DigestTable();
  }

  Clock clock() {
    return clock;
  }

  /** Whether every file is to be read again. */
  public boolean rehashes() {
    return rehash;
  }

  /**
   * The digest of a range.
   *
   * @param offset in bytes
   * @throws IOException if it cannot be read or the file is too short
   */
  public Digest of(Path file, long offset, long length) throws IOException {
    var path = file.toAbsolutePath().normalize();
    Tracked known;
    Digest key;
    synchronized (this) {
      known = track(path);
      key = key(known.id, offset, length);
      var record = table().find(key);
      if (record != DigestTable.NOTHING) {
        note(record);
        return table().digest(record);
      }
    }
    var digest = files.digest(path, offset, length);
    synchronized (this) {
      if (table().size() < MOST_RECORDS) {
        known.add(table().put(key, digest, known.racy ? DigestTable.NEVER : today()));
        changed |= !known.racy;
        if (tracked.get(path) != known) {
          confirm(path, known);
        }
      }
    }
    return digest;
  }

  /**
   * Tells the digest of a range of a file of ours, so that it need not be read for it: of an output
   * that was kept or found.
   */
  public synchronized void know(Path file, long offset, long length, Digest digest) {
    var path = file.toAbsolutePath().normalize();
    if (path.startsWith(ours) && table().size() < MOST_RECORDS) {
      table().put(key(id(path), offset, length), digest, DigestTable.NEVER);
    }
  }

  /**
   * Like {@link #of}, but a change since then shows: asked after a range was sent to a provider.
   * Reads it again if the system cannot tell whether it is the same.
   */
  public Digest again(Path file, long offset, long length) throws IOException {
    var path = file.toAbsolutePath().normalize();
    if (path.startsWith(ours)) {
      return of(path, offset, length);
    }
    var stamp = FileStamp.of(path);
    synchronized (this) {
      var known = tracked.get(path);
      var id = known != null && known.stamp.equals(stamp) ? known.id : id(path, stamp);
      var record = table().find(key(id, offset, length));
      if (record != DigestTable.NOTHING && table().day(record) != DigestTable.NEVER) {
        return table().digest(record);
      }
      if (known == null || !known.stamp.equals(stamp)) {
        // It may be another file under the same path.
        files.forget(path);
      }
    }
    return files.digest(path, offset, length);
  }

  private Tracked track(Path path) throws IOException {
    var known = tracked.get(path);
    if (known == null) {
      if (path.startsWith(ours)) {
        known = new Tracked(NO_STAMP, id(path), true);
      } else {
        var now = clock.instant();
        var stamp = FileStamp.of(path);
        known = new Tracked(stamp, id(path, stamp), stamp.isRacy(now));
      }
      tracked.put(path, known);
      if (tracked.size() > MOST_TRACKED) {
        var eldest = tracked.entrySet().iterator();
        var entry = eldest.next();
        eldest.remove();
        confirm(entry.getKey(), entry.getValue());
      }
    }
    return known;
  }

  /** Forgets what was read from a file that changed meanwhile. */
  private void confirm(Path path, Tracked known) {
    if (known.racy || known.count == 0 || isSame(path, known.stamp)) {
      return;
    }
    for (var i = 0; i < known.count; i++) {
      table().setDay(known.records[i], DigestTable.NEVER);
    }
  }

  private static boolean isSame(Path path, FileStamp before) {
    try {
      return FileStamp.of(path).equals(before);
    } catch (IOException e) {
      return false;
    }
  }

  private void note(int record) {
    var day = table().day(record);
    var today = today();
    if (day != DigestTable.NEVER && today - day >= NOTED_EVERY_DAYS) {
      table().setDay(record, today);
      changed = true;
    }
  }

  private int today() {
    var day = Duration.ofSeconds(clock.instant().getEpochSecond()).toDays();
    return (int) Math.max(1, Math.min(day, Character.MAX_VALUE));
  }

  private static Digest id(Path path) {
    return new Fields().text("path", path.toString()).end();
  }

  private static Digest id(Path path, FileStamp stamp) {
    var fields = new Fields().text("path", path.toString());
    stamp.addTo(fields);
    return fields.end();
  }

  private static Digest key(Digest file, long offset, long length) {
    return new Fields().digest("file", file).counts("range", offset, length).end();
  }

  /** Writes the memory. */
  @Override
  public synchronized void close() {
    tracked.forEach(this::confirm);
    tracked.clear();
    try {
      files.close();
      if (!changed) {
        return;
      }
      changed = false;
      Files.createDirectories(memory.toAbsolutePath().getParent());
      WholeFile.write(
          memory,
          stream -> {
            var digest = Digest.sha256();
            var target = new DataOutputStream(new DigestOutputStream(stream, digest));
            target.writeInt(MAGIC);
            table().write(target, Math.max(1, today() - (int) FORGOTTEN.toDays()));
            stream.write(Digest.of(digest).bytes());
          });
    } catch (IOException e) {
      LoggerFactory.getLogger(FileDigests.class).debug("{} cannot be written", memory, e);
    }
  }
}
