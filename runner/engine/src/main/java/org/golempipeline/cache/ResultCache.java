package org.golempipeline.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.filelock.SystemLock;
import org.golempipeline.plainfile.LeftFiles;
import org.golempipeline.plainfile.WholeFile;
import org.golempipeline.spec.Verify;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What fragments left in earlier runs, by content key: archives as they came back (packs), and
 * beside each a small text that says which ranges of it are whose. Several runs may use one cache
 * at once; whatever dies in the middle takes with it only what it had not kept yet. Trouble with
 * the cache makes it empty and is told by {@link #trouble}, but never ends a run, unless the disk
 * is full. Safe for several threads.
 */
public final class ResultCache implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ResultCache.class);

  /** So old a pack's time of last use may be before it is set anew. */
  private static final Duration TOUCHED = Duration.ofDays(1);

  private static final long NEARLY_NOTHING = 1 << 20;

  private final Path scratch;
  private final Clock clock;
  private final AtomicLong packs = new AtomicLong();
  private final @Nullable Store store;
  private volatile @Nullable String trouble;

  private ResultCache(Path scratch, Clock clock, @Nullable Store store, @Nullable String trouble) {
    this.scratch = scratch;
    this.clock = clock;
    this.store = store;
    this.trouble = trouble;
  }

  /**
   * A cache that is in order.
   *
   * @param session for what is not kept yet; null where nothing may be written
   */
  private record Store(
      CacheFolder folder,
      SystemLock lock,
      @Nullable Path session,
      CacheIndex unread,
      OpenFiles files) {}

  /**
   * A file in a pack.
   *
   * @param name in {@code $outdir}; empty for the one at {@code $out}
   * @param offset in bytes
   */
  public record Range(String name, long offset, long size) {
    public Range {
      Objects.requireNonNull(name);
    }
  }

  /** A file in a pack, with the digest of its content. */
  public record Part(String name, long offset, long size, Digest digest) {}

  /**
   * What is to be kept of a pack for one fragment.
   *
   * @param provider who computed it
   * @param verified how it was checked; null if it was not
   */
  public record Kept(Digest key, String provider, @Nullable Verify verified, List<Range> ranges) {
    public Kept {
      Objects.requireNonNull(provider);
      ranges = List.copyOf(ranges);
    }

    /** A result that nobody checked. */
    public Kept(Digest key, String provider, List<Range> ranges) {
      this(key, provider, null, ranges);
    }
  }

  /**
   * What a fragment with this key left before.
   *
   * @param verified how it was checked; null if it was not, or if that was not noted
   */
  public record Found(
      Digest key, String provider, @Nullable Verify verified, Path pack, List<Part> parts) {
    public Found {
      parts = List.copyOf(parts);
    }
  }

  /**
   * Where a pack is from now on.
   *
   * @param kept what may be found in it by later runs; empty if it is not kept
   */
  public record Pack(Path file, List<Found> kept) {
    public Pack {
      kept = List.copyOf(kept);
    }
  }

  /**
   * What was removed.
   *
   * @param bytes of the packs that went
   * @param left bytes of those that stay
   */
  public record Cleaned(int packs, long bytes, long left) {}

  /**
   * Where results of pipelines are kept.
   *
   * @param folder of the pipeline files
   */
  public static Path of(Path folder) {
    return folder.resolve(".golem-pipeline").resolve("cache");
  }

  /**
   * Opens the cache in {@code folder}, which is made when needed. Waits while somebody cleans it.
   * If it cannot be used the answer is one that keeps nothing; if it may not be written to, one
   * that finds what is there and keeps nothing.
   *
   * @param scratch a folder for packs when they cannot lie in the cache
   */
  public static ResultCache open(Path folder, Path scratch, Clock clock) {
    var names = new CacheFolder(folder.toAbsolutePath());
    try {
      names.create();
    } catch (IOException e) {
      return useless(folder, scratch, clock, e);
    }
    return open(folder, names, names.isWritable(), scratch, clock);
  }

  /** The same with the folders of the cache there. */
  static ResultCache open(
      Path folder, CacheFolder names, boolean writable, Path scratch, Clock clock) {
    SystemLock lock = null;
    try {
      Path session = null;
      if (writable) {
        tidy(names);
        lock = SystemLock.shared(names.lock());
        names.create();
        session = Files.createDirectory(names.fresh().resolve(UUID.randomUUID().toString()));
      } else {
        lock = SystemLock.shared(names.lock());
      }
      var files = new OpenFiles();
      var index = new CacheIndex(names, files);
      return new ResultCache(
          scratch,
          clock,
          new Store(names, lock, session, index, files),
          writable
              ? null
              : "Results of this run are not kept in `%s`: it may not be written to."
                  .formatted(folder));
    } catch (IOException e) {
      close(lock);
      return useless(folder, scratch, clock, e);
    }
  }

  private static ResultCache useless(Path folder, Path scratch, Clock clock, IOException e) {
    return new ResultCache(
        scratch,
        clock,
        null,
        "Results cannot be kept for later runs in `%s`: %s.".formatted(folder, reason(e)));
  }

  /** What keeps this cache from doing its work, as a sentence for the user. */
  public Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  /**
   * A path for an archive that is to come back; there is no file yet. It is removed by {@link
   * #close} unless it is kept; packs of a run that was killed go when the cache is next opened and
   * nobody else uses it.
   */
  public Path newPack() throws IOException {
    var name = packs.incrementAndGet() + CacheFolder.PACK;
    var session = store == null ? null : store.session();
    return (session == null ? Files.createDirectories(scratch) : session).resolve(name);
  }

  /**
   * Keeps what {@code results} name of a pack that is complete, in place of what earlier runs kept
   * under their keys; it may be read under its new path while this cache is open. With nothing to
   * keep it stays where it is until then.
   *
   * @throws IOException if the disk is full
   */
  public Pack keep(Path pack, List<Kept> results) throws IOException {
    var session = store == null ? null : store.session();
    if (store == null || session == null || results.isEmpty()) {
      return new Pack(pack, List.of());
    }
    var file = pack;
    try {
      var index = index(store);
      var entries = entries(store, pack, results);
      var content = content(index, entries);
      var name = Digest.of(content);
      var kept = store.folder().pack(name);
      store.files().forget(pack);
      WholeFile.force(pack);
      store.files().forget(kept);
      WholeFile.rename(pack, kept);
      file = kept;
      var sidecar = store.folder().sidecar(name);
      WholeFile.write(
          session.resolve(name + CacheFolder.SIDECAR), sidecar, target -> target.write(content));
      for (var entry : entries) {
        index.supersede(entry);
      }
      index.add(name, sidecar, 0, ByteBuffer.wrap(content));
      return new Pack(kept, entries.stream().map(entry -> found(kept, entry)).toList());
    } catch (IOException e) {
      if (isDiskFull(e)) {
        throw new IOException(
            "Could not keep results in `%s`: the disk is full.".formatted(store.folder().root()),
            e);
      }
      if (trouble == null) {
        trouble =
            "Some results were not kept for later runs in `%s`: %s."
                .formatted(store.folder().root(), reason(e));
      }
      return new Pack(file, List.of());
    }
  }

  /** A run whose results lie in their places already never reads the index. */
  private CacheIndex index(Store store) throws IOException {
    try {
      store.unread().load();
      return store.unread();
    } catch (IOException e) {
      trouble =
          "Results of earlier runs cannot be read in `%s`: %s."
              .formatted(store.folder().root(), reason(e));
      throw e;
    }
  }

  private static List<Sidecar.Entry> entries(Store store, Path pack, List<Kept> results)
      throws IOException {
    var entries = new ArrayList<Sidecar.Entry>(results.size());
    for (var result : results) {
      var parts = new ArrayList<Part>(result.ranges().size());
      for (var range : result.ranges()) {
        parts.add(
            new Part(
                range.name(),
                range.offset(),
                range.size(),
                store.files().digest(pack, range.offset(), range.size())));
      }
      entries.add(new Sidecar.Entry(result.key(), result.provider(), result.verified(), parts));
    }
    return entries;
  }

  /** What was found bad stays so under its name; told once more, the same gets another one. */
  private static byte[] content(CacheIndex index, List<Sidecar.Entry> entries) {
    var told = new ArrayList<>(entries);
    var content = Sidecar.write(told);
    while (index.isBad(Digest.of(content), entries)) {
      told.add(entries.get(0));
      content = Sidecar.write(told);
    }
    return content;
  }

  private static Found found(Path pack, Sidecar.Entry entry) {
    return new Found(entry.key(), entry.provider(), entry.verified(), pack, entry.parts());
  }

  /** What is kept under {@code key}. Nobody has looked at the pack's content yet. */
  public Optional<Found> find(Digest key) {
    if (store == null) {
      return Optional.empty();
    }
    try {
      var index = index(store);
      var located = index.find(key);
      if (located.isEmpty()) {
        return Optional.empty();
      }
      var pack = store.folder().pack(located.get().pack());
      var sidecar = located.get().sidecar();
      if (!index.isUsed(sidecar)) {
        touch(pack);
        index.setUsed(sidecar);
      }
      return Optional.of(found(pack, located.get().entry()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Notes the use of a pack. Fails if it is not there. */
  private void touch(Path pack) throws IOException {
    var now = clock.instant();
    if (Files.getLastModifiedTime(pack).toInstant().isBefore(now.minus(TOUCHED))) {
      try {
        Files.setLastModifiedTime(pack, FileTime.from(now));
      } catch (IOException e) {
        LOG.debug("{} belongs to somebody else", pack, e);
      }
    }
  }

  /** Whether the pack still holds what was kept. Reads all of it. */
  public boolean intact(Found found) {
    if (store == null) {
      return false;
    }
    try {
      for (var part : found.parts()) {
        var now = store.files().digest(found.pack(), part.offset(), part.size());
        if (!now.equals(part.digest())) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Makes sure that a result is not found again. The rest of its pack stays. */
  public void remove(Found found) {
    if (store == null) {
      return;
    }
    var pack = CacheFolder.name(found.pack());
    if (pack == null) {
      throw new IllegalArgumentException("not a pack of a cache: " + found.pack());
    }
    try {
      index(store).remove(pack, found.key());
    } catch (IOException e) {
      trouble =
          "A result that is not to be used again could not be removed from `%s`: %s."
              .formatted(store.folder().root(), reason(e));
    }
  }

  /** Removes what was not kept; nothing that this cache gave out may be read any more. */
  @Override
  public void close() {
    if (store == null) {
      return;
    }
    try {
      try {
        store.files().close();
        if (store.session() != null) {
          LeftFiles.remove(store.session());
        }
      } finally {
        store.lock().close();
      }
      if (store.session() != null) {
        tidy(store.folder());
      }
    } catch (IOException e) {
      // What is left goes when the cache is opened again.
      LOG.debug("{} could not be tidied up", store.folder().root(), e);
    }
  }

  private static void close(@Nullable SystemLock lock) {
    try {
      if (lock != null) {
        lock.close();
      }
    } catch (IOException e) {
      LOG.debug("the system has the lock back when the process ends", e);
    }
  }

  /** If nobody uses the cache, removes what dead runs left and gathers a large index. */
  private static void tidy(CacheFolder folder) throws IOException {
    var lock = SystemLock.tryExclusive(folder.lock());
    if (lock.isEmpty()) {
      return;
    }
    try (var held = lock.get()) {
      folder.removeFresh();
      if (new IndexFiles(folder).areMany()) {
        new IndexFiles(folder).gather(new PackNames(folder)::contains);
      }
    }
  }

  /** How much room everything in the cache takes. */
  public static long bytes(Path folder) throws IOException {
    var sum = new AtomicLong();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            sum.addAndGet(attributes.size());
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException gone) {
            return FileVisitResult.CONTINUE;
          }
        });
    return sum.get();
  }

  /**
   * Removes packs that were last used longer ago than {@code olderThan}, then those that were used
   * least recently until no more than {@code mostBytes} are left, and all that belongs to none.
   *
   * @return what went, or nothing because a run uses the cache
   */
  public static Optional<Cleaned> clean(
      Path folder, Duration olderThan, long mostBytes, Clock clock) throws IOException {
    if (!Files.isDirectory(folder)) {
      return Optional.of(new Cleaned(0, 0, 0));
    }
    var names = new CacheFolder(folder.toAbsolutePath());
    var lock = SystemLock.tryExclusive(names.lock());
    if (lock.isEmpty()) {
      return Optional.empty();
    }
    try (var held = lock.get()) {
      names.create();
      return Optional.of(new CacheCleaner(names).clean(limit(clock, olderThan), mostBytes));
    }
  }

  private static Instant limit(Clock clock, Duration olderThan) {
    try {
      return clock.instant().minus(olderThan);
    } catch (ArithmeticException | DateTimeException e) {
      return Instant.MIN;
    }
  }

  private boolean isDiskFull(IOException e) {
    if (Trouble.isFull(String.valueOf(e.getMessage()))) {
      return true;
    }
    try {
      return store != null
          && Files.getFileStore(store.folder().root()).getUsableSpace() < NEARLY_NOTHING;
    } catch (IOException unknown) {
      return false;
    }
  }

  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "it may not be written to";
    }
    if (e instanceof FileSystemException file && file.getReason() != null) {
      return file.getReason();
    }
    return String.valueOf(e.getMessage());
  }
}
