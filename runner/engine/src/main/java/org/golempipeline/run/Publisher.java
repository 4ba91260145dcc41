package org.golempipeline.run;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.plainfile.WholeFile;
import org.golempipeline.plan.OutputPlaces;
import org.golempipeline.run.PublishedMemory.Entry;
import org.golempipeline.run.StageMerge.ResultFile;
import org.golempipeline.run.StageMerge.StageResult;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * Puts results in their places, each whole, by rename. Remembers which files it published, so that
 * the next run may replace them and remove what is no longer produced, and nothing else: not what
 * somebody else put there, and not what somebody changed since.
 */
final class Publisher {
  /** Files that are named, and not only counted. */
  private static final int NAMED = 10;

  private final Path folder;
  private final Map<String, String> outputs;
  private final boolean overwrite;
  private final boolean outside;
  private final PublishedMemory memory;

  /** Folders that are there: making sure costs as much as a rename. */
  private final Set<Path> made = new HashSet<>();

  /**
   * @param folder of the pipeline file
   * @param outputs by stage, its {@code output} with the values of params: results of one text
   *     replace each other, those of different ones have nothing to do with each other
   * @param overwrite whether files may be replaced that are not as this pipeline left them
   * @param outside whether results may be written outside the folder
   */
  Publisher(
      Path folder,
      String pipeline,
      Map<String, String> outputs,
      boolean overwrite,
      boolean outside) {
    this.folder = folder;
    this.outputs = Map.copyOf(outputs);
    this.overwrite = overwrite;
    this.outside = outside;
    this.memory = new PublishedMemory(folder, pipeline);
  }

  /**
   * Refuses results that cannot be written, or would replace what is not as this pipeline left it.
   *
   * @param paths of files, and of folders whose files are not known yet, which end in {@code /}
   * @throws StrategyException naming the path and the cure
   */
  void check(Set<String> paths) throws IOException, StrategyException {
    var obstacles = new Obstacles(folder, outside);
    for (var path : paths) {
      obstacles.check(path);
      if (!overwrite && !path.endsWith("/") && memory.exists(path) && !memory.isOurs(path)) {
        throw new StrategyException(
            memory.knows(path)
                ? "`%s` was changed since this pipeline published it.".formatted(path)
                : "`%s` exists and was not made by this pipeline.".formatted(path),
            "Move it away, or call `run` with `--overwrite`.");
      }
    }
  }

  /**
   * The files of a stage's result if it was published before, depends on the same, and nobody
   * touched its files since; else null.
   */
  @Nullable List<ResultFile> unchanged(String stage, String key) throws IOException {
    return memory.unchanged(stage, outputs.getOrDefault(stage, ""), key);
  }

  /**
   * What was done.
   *
   * @param removed null if nothing was
   * @param left a sentence about files that are no longer made and stay, null if there are none
   */
  record Publication(
      List<RunEvent.OutputPublished> published,
      RunEvent.@Nullable OutputsRemoved removed,
      @Nullable String left) {}

  /** Publishes the results of every stage, by stage, and removes what earlier runs left over. */
  Publication publish(Map<String, StageResult> results) throws IOException, StrategyException {
    var places = new OutputPlaces();
    var paths = new TreeSet<String>();
    for (var stage : results.entrySet()) {
      for (var file : stage.getValue().files()) {
        places.take(stage.getKey(), file.path());
        paths.add(file.path());
      }
    }
    check(paths);
    memory.announce(entries(results));
    var published = new ArrayList<RunEvent.OutputPublished>();
    for (var stage : results.entrySet()) {
      var files = stage.getValue().files();
      var bytes = 0L;
      for (var file : files) {
        if (!file.inPlace()) {
          move(file.path(), file.file(), folder.resolve(file.path()));
        }
        bytes += file.size();
      }
      if (!files.isEmpty()) {
        published.add(
            new RunEvent.OutputPublished(stage.getKey(), common(files), files.size(), bytes));
      }
    }
    var removed = new ArrayList<String>();
    var left = new ArrayList<String>();
    for (var path : memory.leftOver(outputsOf(results), paths)) {
      if (!memory.isOurs(path)) {
        left.add(path);
      } else if (Files.deleteIfExists(folder.resolve(path))) {
        removed.add(path);
      }
    }
    memory.complete(outputsOf(results), paths);
    return new Publication(
        published,
        removed.isEmpty()
            ? null
            : new RunEvent.OutputsRemoved(
                removed.size(), removed.subList(0, Math.min(NAMED, removed.size()))),
        left.isEmpty() ? null : sentence(left));
  }

  private Set<String> outputsOf(Map<String, StageResult> results) {
    var texts = new HashSet<String>();
    results.keySet().forEach(stage -> texts.add(outputs.getOrDefault(stage, "")));
    return texts;
  }

  /** What will be remembered of the results once they lie in their places. */
  private List<Entry> entries(Map<String, StageResult> results) throws IOException {
    var entries = new ArrayList<Entry>();
    for (var stage : new TreeMap<>(results).entrySet()) {
      var stamps = new ArrayList<PublishedMemory.Stamp>(stage.getValue().files().size());
      for (var file : stage.getValue().files()) {
        stamps.add(
            file.inPlace()
                ? memory.stampOf(file.path())
                : PublishedMemory.Stamp.read(file.path(), file.file()));
      }
      var output = outputs.getOrDefault(stage.getKey(), "");
      entries.add(new Entry(output, stage.getKey(), stage.getValue().key(), stamps));
    }
    return entries;
  }

  private static String sentence(List<String> left) {
    var names = new StringBuilder();
    for (var path : left.subList(0, Math.min(NAMED, left.size()))) {
      names.append(names.isEmpty() ? "" : ", ").append('`').append(path).append('`');
    }
    if (left.size() > NAMED) {
      names.append(" and ").append(left.size() - NAMED).append(" more");
    }
    return left.size() == 1
        ? names + " is no longer made, but stays: it was changed since it was published."
        : names + " are no longer made, but stay: they were changed since they were published.";
  }

  private void move(String path, Path from, Path to) throws IOException {
    var parent = to.toAbsolutePath().getParent();
    if (made.add(parent)) {
      Files.createDirectories(parent);
    }
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      WholeFile.copy(from, to);
      memory.copied(path);
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
}
