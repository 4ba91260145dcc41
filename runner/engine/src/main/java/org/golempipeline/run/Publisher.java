package org.golempipeline.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.golempipeline.event.RunEvent;
import org.golempipeline.run.StageMerge.ResultFile;
import org.golempipeline.run.StageMerge.StageResult;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * Puts results in their places, each whole, by rename. Remembers what it published, so that the
 * next run may replace it and remove what is no longer produced, and nothing else.
 */
final class Publisher {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Removed files that are named, and not only counted. */
  private static final int NAMED = 10;

  private final Path folder;
  private final Path memory;
  private final boolean overwrite;
  private @Nullable Memory remembered;

  /**
   * @param folder of the pipeline file
   * @param overwrite whether files of unknown origin may be replaced
   */
  Publisher(Path folder, String pipeline, boolean overwrite) {
    this.folder = folder;
    this.memory = folder.resolve(".golem-pipeline/published/" + pipeline + ".json");
    this.overwrite = overwrite;
  }

  /**
   * Refuses results that would replace what this pipeline did not make.
   *
   * @throws StrategyException naming the path and the cure
   */
  void check(Set<String> paths) throws IOException, StrategyException {
    if (overwrite) {
      return;
    }
    var known = memory().paths();
    for (var path : paths) {
      if (Files.exists(folder.resolve(path)) && !known.contains(path)) {
        throw new StrategyException(
            "`%s` exists and was not made by this pipeline.".formatted(path),
            "Move it away, or call `run` with `--overwrite`.");
      }
    }
  }

  /**
   * The files of a stage's result if it was published before, depends on the same, and nobody
   * touched its files since; else null.
   */
  synchronized @Nullable List<ResultFile> unchanged(String stage, String key) throws IOException {
    var result = memory().results().get(stage);
    if (result == null || !result.key().equals(key)) {
      return null;
    }
    var files = new ArrayList<ResultFile>(result.files().size());
    for (var file : result.files()) {
      if (!file.equals(stamp(file.path()))) {
        return null;
      }
      files.add(new ResultFile(file.path(), null, file.size()));
    }
    return files;
  }

  /**
   * What was done.
   *
   * @param removed null if nothing was
   */
  record Publication(
      List<RunEvent.OutputPublished> published, RunEvent.@Nullable OutputsRemoved removed) {}

  /** Publishes the results of every stage, by stage, and removes what earlier runs left over. */
  Publication publish(Map<String, StageResult> results) throws IOException, StrategyException {
    var paths = new TreeSet<String>();
    results.values().forEach(result -> result.files().forEach(file -> paths.add(file.path())));
    check(paths);
    var before = memory();
    var both = new TreeSet<>(before.paths());
    both.addAll(paths);
    if (!isAsBefore(results, before)) {
      remember(new Memory(both, Map.of()));
    }
    var published = new ArrayList<RunEvent.OutputPublished>();
    var stamps = new TreeMap<String, Result>();
    for (var stage : results.entrySet()) {
      var files = stage.getValue().files();
      var bytes = 0L;
      for (var file : files) {
        if (file.file() != null) {
          move(file.file(), folder.resolve(file.path()));
        }
        bytes += file.size();
      }
      if (!files.isEmpty()) {
        published.add(
            new RunEvent.OutputPublished(stage.getKey(), common(files), files.size(), bytes));
      }
      var key = stage.getValue().key();
      if (key != null) {
        stamps.put(stage.getKey(), new Result(key, stamps(files)));
      }
    }
    var removed = new ArrayList<String>();
    for (var path : new TreeSet<>(before.paths())) {
      if (!paths.contains(path) && Files.deleteIfExists(folder.resolve(path))) {
        removed.add(path);
      }
    }
    if (!isAsBefore(results, before)) {
      remember(new Memory(paths, stamps));
    }
    return new Publication(
        published,
        removed.isEmpty()
            ? null
            : new RunEvent.OutputsRemoved(
                removed.size(), removed.subList(0, Math.min(NAMED, removed.size()))));
  }

  /** Whether every result lies in its place and nothing else was published. */
  private static boolean isAsBefore(Map<String, StageResult> results, Memory before) {
    return results.keySet().equals(before.results().keySet())
        && results.values().stream()
            .allMatch(result -> result.files().stream().allMatch(file -> file.file() == null));
  }

  private List<Stamp> stamps(List<ResultFile> files) throws IOException {
    var stamps = new ArrayList<Stamp>(files.size());
    for (var file : files) {
      var stamp = stamp(file.path());
      if (stamp != null) {
        stamps.add(stamp);
      }
    }
    return stamps;
  }

  private @Nullable Stamp stamp(String path) throws IOException {
    try {
      var found =
          Files.readAttributes(
              folder.resolve(path), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return found.isRegularFile()
          ? new Stamp(
              path,
              found.size(),
              found.lastModifiedTime().to(TimeUnit.NANOSECONDS),
              String.valueOf(found.fileKey()))
          : null;
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static void move(Path from, Path to) throws IOException {
    Files.createDirectories(to.toAbsolutePath().getParent());
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      var beside = to.resolveSibling("." + to.getFileName() + ".part");
      Files.copy(from, beside, StandardCopyOption.REPLACE_EXISTING);
      Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** The path of a single file, or the folder that holds all of several. */
  private static String common(List<ResultFile> files) {
    var first = files.get(0).path();
    if (files.size() == 1) {
      return first;
    }
    var folder = first.substring(0, first.lastIndexOf('/') + 1);
    for (var file : files) {
      while (!file.path().startsWith(folder)) {
        folder = folder.substring(0, folder.lastIndexOf('/', folder.length() - 2) + 1);
      }
    }
    return folder.isEmpty() ? "./" : folder;
  }

  private synchronized Memory memory() throws IOException {
    if (remembered == null) {
      remembered =
          Files.exists(memory) ? JSON.readValue(memory.toFile(), Memory.class) : Memory.NOTHING;
    }
    return remembered;
  }

  private void remember(Memory now) throws IOException {
    Files.createDirectories(memory.getParent());
    var beside = memory.resolveSibling(memory.getFileName() + ".part");
    JSON.writeValue(beside.toFile(), now);
    Files.move(beside, memory, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    remembered = now;
  }

  /**
   * What was published.
   *
   * @param results by stage, those of which it is known what they depend on
   */
  private record Memory(Set<String> paths, Map<String, Result> results) {
    static final Memory NOTHING = new Memory(Set.of(), Map.of());

    Memory {
      paths = Set.copyOf(paths);
      results = results == null ? Map.of() : Map.copyOf(results);
    }
  }

  private record Result(String key, List<Stamp> files) {}

  /** A file as the system describes it. */
  private record Stamp(String path, long size, long modified, String id) {}
}
