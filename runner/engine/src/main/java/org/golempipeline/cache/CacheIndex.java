package org.golempipeline.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which keys are kept, and where their records lie. The records stay in the files of the index: a
 * key costs about 25 bytes here and a pack 50. Safe for several threads.
 */
final class CacheIndex {
  private static final int LONGS = 4;

  private final CacheFolder folder;
  private final OpenFiles files;
  private final KeyTable table = new KeyTable();
  private final BadResults bad;
  private final List<Path> paths = new ArrayList<>();

  /** For each sidecar: its number in {@link #paths}, where it begins there, and its name. */
  private int[] path = new int[16];

  private long[] start = new long[16];
  private long[] name = new long[16 * LONGS];
  private boolean[] used = new boolean[16];
  private int count;

  private boolean loaded;

  /** How many sidecars earlier runs left. */
  private int earlier;

  /** Why it could not be read. */
  private @Nullable IOException broken;

  /** Where the record of a key should be. */
  private record Place(int sidecar, Path file, long position, Digest pack) {}

  /**
   * A record that was found.
   *
   * @param sidecar a number for {@link #isUsed}
   */
  record Located(int sidecar, Digest pack, Sidecar.Entry entry) {}

  CacheIndex(CacheFolder folder, OpenFiles files) {
    this.folder = folder;
    this.files = files;
    this.bad = new BadResults(folder);
  }

  /**
   * Reads the index of the folder, once. What belongs to packs that are gone is left out. To be
   * called before anything else.
   */
  synchronized void load() throws IOException {
    if (broken != null) {
      throw broken;
    }
    if (!loaded) {
      try {
        read();
        earlier = count;
        loaded = true;
      } catch (IOException e) {
        broken = e;
        throw e;
      }
    }
  }

  private void read() throws IOException {
    bad.load();
    var packs = new PackNames(folder);
    new IndexFiles(folder)
        .visit(
            (pack, file, begin, content) -> {
              if (packs.contains(pack)) {
                add(pack, file, begin, content);
              }
            });
  }

  /** Takes in the sidecar of {@code pack}, which lies in {@code file} from {@code begin} on. */
  synchronized void add(Digest pack, Path file, long begin, ByteBuffer content) {
    var number = addSidecar(pack, file, begin);
    Sidecar.visit(
        content,
        (key, position) -> {
          if (!bad.contains(pack, key)) {
            table.put(key, (long) number << Integer.SIZE | position);
          }
        });
  }

  private int addSidecar(Digest pack, Path file, long begin) {
    if (count == path.length) {
      var more = count + count / 2;
      path = Arrays.copyOf(path, more);
      start = Arrays.copyOf(start, more);
      name = Arrays.copyOf(name, more * LONGS);
      used = Arrays.copyOf(used, more);
    }
    if (paths.isEmpty() || !paths.get(paths.size() - 1).equals(file)) {
      paths.add(file);
    }
    path[count] = paths.size() - 1;
    start[count] = begin;
    name[count * LONGS] = pack.first();
    name[count * LONGS + 1] = pack.second();
    name[count * LONGS + 2] = pack.third();
    name[count * LONGS + 3] = pack.fourth();
    return count++;
  }

  Optional<Located> find(Digest key) throws IOException {
    var place = place(key);
    if (place.isEmpty()) {
      return Optional.empty();
    }
    var at = place.get();
    var record = read(at, Sidecar.USUAL_RECORD);
    var length = Sidecar.length(record);
    if (length > record.remaining() && record.remaining() == Sidecar.USUAL_RECORD) {
      record = read(at, length);
    }
    var entry = length > record.remaining() ? null : Sidecar.read(record);
    return entry == null || !entry.key().equals(key)
        ? Optional.empty()
        : Optional.of(new Located(at.sidecar(), at.pack(), entry));
  }

  private synchronized Optional<Place> place(Digest key) {
    var place = table.find(key);
    if (place == KeyTable.NOTHING) {
      return Optional.empty();
    }
    var sidecar = (int) (place >>> Integer.SIZE);
    var at = sidecar * LONGS;
    return Optional.of(
        new Place(
            sidecar,
            paths.get(path[sidecar]),
            start[sidecar] + (int) place,
            new Digest(name[at], name[at + 1], name[at + 2], name[at + 3])));
  }

  private ByteBuffer read(Place place, int length) throws IOException {
    var record = ByteBuffer.allocate(length);
    files.read(place.file(), place.position(), record);
    return record.flip();
  }

  /** Whether the pack of a sidecar was found to be there. */
  synchronized boolean isUsed(int sidecar) {
    return used[sidecar];
  }

  synchronized void setUsed(int sidecar) {
    used[sidecar] = true;
  }

  /** Forgets a key of a pack for good; another pack may still have it, for the next run. */
  synchronized void remove(Digest pack, Digest key) throws IOException {
    if (place(key).filter(place -> place.pack().equals(pack)).isPresent()) {
      table.put(key, KeyTable.NOTHING);
    }
    bad.add(pack, key);
  }

  /** Forgets what an earlier run kept under the key of {@code entry}, if it is something else. */
  synchronized void supersede(Sidecar.Entry entry) throws IOException {
    var place = place(entry.key());
    if (place.isPresent() && place.get().sidecar() < earlier) {
      var before = find(entry.key());
      if (before.isPresent() && !before.get().entry().isSameResult(entry)) {
        remove(before.get().pack(), entry.key());
      }
    }
  }

  /** Whether a pack of this name would not be found again with all of {@code entries}. */
  synchronized boolean isBad(Digest pack, List<Sidecar.Entry> entries) {
    return entries.stream().anyMatch(entry -> bad.contains(pack, entry.key()));
  }
}
