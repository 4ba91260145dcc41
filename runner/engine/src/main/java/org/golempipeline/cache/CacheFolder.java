package org.golempipeline.cache;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.golempipeline.plainfile.LeftFiles;
import org.jspecify.annotations.Nullable;

/** The names of everything in a cache. */
record CacheFolder(Path root) {
  static final String PACK = ".tar";

  /** What is kept of one pack. */
  static final String SIDECAR = ".idx";

  /** Many sidecars in one file. */
  static final String BUNDLE = ".all";

  /** What one run found bad, or all runs before. */
  static final String BAD = ".bad";

  /** Locked by every run that uses the cache, by all together. */
  Path lock() {
    return root.resolve("lock");
  }

  Path packs() {
    return root.resolve("packs");
  }

  Path index() {
    return root.resolve("index");
  }

  /** What is not kept yet, a folder for each run. */
  Path fresh() {
    return root.resolve("new");
  }

  Path pack(Digest name) {
    return packs().resolve(name + PACK);
  }

  Path sidecar(Digest name) {
    return index().resolve(name + SIDECAR);
  }

  void create() throws IOException {
    Files.createDirectories(packs());
    Files.createDirectories(index());
    Files.createDirectories(fresh());
  }

  boolean isWritable() {
    return Files.isWritable(packs()) && Files.isWritable(index()) && Files.isWritable(fresh());
  }

  /** The files of the index that end in {@code suffix}. */
  List<Path> index(String suffix) throws IOException {
    return list(index(), "*" + suffix);
  }

  /** Removes what is not kept yet of all runs; they must be over. */
  void removeFresh() throws IOException {
    for (var each : list(fresh(), "*")) {
      LeftFiles.remove(each);
    }
  }

  static List<Path> list(Path folder, String glob) throws IOException {
    var found = new ArrayList<Path>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, glob)) {
      files.forEach(found::add);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    found.sort(null);
    return found;
  }

  /** The digest in the name of {@code file}, or null. */
  static @Nullable Digest name(Path file) {
    return name(file.getFileName().toString());
  }

  static @Nullable Digest name(String name) {
    var dot = name.indexOf('.');
    try {
      return Digest.parse(dot < 0 ? name : name.substring(0, dot));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
