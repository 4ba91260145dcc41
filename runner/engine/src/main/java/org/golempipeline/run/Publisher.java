package org.golempipeline.run;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import org.golempipeline.run.StageMerge.ResultFile;
import org.golempipeline.strategy.StrategyException;

/**
 * Puts results in their places, each whole, by rename. Remembers what it published, so that the
 * next run may replace it and remove what is no longer produced, and nothing else.
 */
final class Publisher {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final Path memory;
  private final boolean overwrite;

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
    var known = known();
    for (var path : paths) {
      if (Files.exists(folder.resolve(path)) && !known.contains(path)) {
        throw new StrategyException(
            "`%s` exists and was not made by this pipeline.".formatted(path),
            "Move it away, or call `run` with `--overwrite`.");
      }
    }
  }

  /** Publishes the results of every stage, by stage, and removes what earlier runs left over. */
  List<RunEvent.OutputPublished> publish(Map<String, List<ResultFile>> results)
      throws IOException, StrategyException {
    var paths = new TreeSet<String>();
    results.values().forEach(files -> files.forEach(file -> paths.add(file.path())));
    check(paths);
    var known = known();
    var both = new TreeSet<>(known);
    both.addAll(paths);
    remember(both);
    var published = new ArrayList<RunEvent.OutputPublished>();
    for (var stage : results.entrySet()) {
      var bytes = 0L;
      for (var file : stage.getValue()) {
        move(file.file(), folder.resolve(file.path()));
        bytes += file.size();
      }
      if (!stage.getValue().isEmpty()) {
        published.add(
            new RunEvent.OutputPublished(
                stage.getKey(), common(stage.getValue()), stage.getValue().size(), bytes));
      }
    }
    for (var path : known) {
      if (!paths.contains(path)) {
        Files.deleteIfExists(folder.resolve(path));
      }
    }
    remember(paths);
    return published;
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

  private Set<String> known() throws IOException {
    if (!Files.exists(memory)) {
      return Set.of();
    }
    var read =
        JSON.readValue(memory.toFile(), new TypeReference<TreeMap<String, List<String>>>() {});
    return new HashSet<>(read.getOrDefault("paths", List.of()));
  }

  private void remember(Set<String> paths) throws IOException {
    Files.createDirectories(memory.getParent());
    var beside = memory.resolveSibling(memory.getFileName() + ".part");
    JSON.writeValue(beside.toFile(), Map.of("paths", paths));
    Files.move(beside, memory, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
