package org.golempipeline.cache;

import java.util.Arrays;

/** Which packs there are, as one look at the folder told: a number for each. */
final class PackNames {
  private final long[] names;

  PackNames(CacheFolder folder) {
    var files = folder.packs().toFile().list();
    var found = new long[files == null ? 0 : files.length];
    var count = 0;
    for (var i = 0; i < found.length; i++) {
      var file = files == null ? "" : files[i];
      if (file.endsWith(CacheFolder.PACK)) {
        var name = CacheFolder.name(file);
        if (name != null) {
          found[count++] = name.first();
        }
      }
    }
    names = Arrays.copyOf(found, count);
    Arrays.sort(names);
  }

  boolean contains(Digest pack) {
    return Arrays.binarySearch(names, pack.first()) >= 0;
  }
}
