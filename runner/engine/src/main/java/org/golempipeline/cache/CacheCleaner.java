package org.golempipeline.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import org.golempipeline.cache.ResultCache.Cleaned;

/** Makes room in a cache that nobody else uses meanwhile. */
final class CacheCleaner {
  private final CacheFolder folder;
  private int packs;
  private long bytes;

  CacheCleaner(CacheFolder folder) {
    this.folder = folder;
  }

  private record Pack(Path file, long size, Instant used) {}

  /** Packs go before their sidecars: a sidecar without a pack finds nothing. */
  Cleaned clean(Instant oldest, long mostBytes) throws IOException {
    folder.removeFresh();
    var left = new ArrayList<Pack>();
    for (var pack : known()) {
      if (pack.used().isBefore(oldest)) {
        remove(pack);
      } else {
        left.add(pack);
      }
    }
    left.sort(Comparator.comparing(Pack::used).thenComparing(Pack::file));
    var total = left.stream().mapToLong(Pack::size).sum();
    for (var pack : left) {
      if (total <= mostBytes) {
        break;
      }
      total -= pack.size();
      remove(pack);
    }
    new IndexFiles(folder).gather(new PackNames(folder)::contains);
    return new Cleaned(packs, bytes, total);
  }

  /** The packs in which something may be found; what else lies beside them goes. */
  private List<Pack> known() throws IOException {
    var bad = new BadResults(folder);
    bad.load();
    var useful = new HashSet<Digest>();
    new IndexFiles(folder)
        .visit(
            (pack, file, start, content) ->
                Sidecar.visit(
                    content,
                    (key, position) -> {
                      if (!bad.contains(pack, key)) {
                        useful.add(pack);
                      }
                    }));
    var known = new ArrayList<Pack>();
    for (var file : CacheFolder.list(folder.packs(), "*")) {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      var pack = new Pack(file, attributes.size(), attributes.lastModifiedTime().toInstant());
      var name = CacheFolder.name(file);
      if (name != null && useful.contains(name) && file.equals(folder.pack(name))) {
        known.add(pack);
      } else if (attributes.isRegularFile()) {
        remove(pack);
      }
    }
    return known;
  }

  private void remove(Pack pack) throws IOException {
    Files.delete(pack.file());
    packs++;
    bytes += pack.size();
  }
}
