package org.golempipeline.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The runs of the pipelines in one folder, which are kept in {@code .golem-pipeline/runs} there. A
 * run's id begins with its time, so their order is that of the ids.
 */
public final class RunHistories {
  private final Path runs;

  /**
   * @param pipelines the folder of the pipeline files
   */
  public RunHistories(Path pipelines) {
    this.runs = pipelines.resolve(".golem-pipeline").resolve("runs");
  }

  /** The ids of all runs that began, the newest first. */
  public List<String> ids() throws IOException {
    var ids = new ArrayList<String>();
    try (var folders = Files.newDirectoryStream(runs)) {
      for (var folder : folders) {
        if (Files.isRegularFile(folder.resolve(JournalReader.FILE))) {
          ids.add(String.valueOf(folder.getFileName()));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException noRuns) {
      return List.of();
    }
    ids.sort(Comparator.reverseOrder());
    return ids;
  }

  public Path folder(String id) {
    return runs.resolve(id);
  }

  public RunHistory read(String id) throws IOException {
    return RunHistory.read(folder(id));
  }

  /**
   * The runs that left something on the network, the newest first.
   *
   * @param most only so many are looked at, from the newest on
   */
  public List<RunHistory> unsettled(int most) throws IOException {
    var unsettled = new ArrayList<RunHistory>();
    for (var id : ids().stream().limit(most).toList()) {
      var run = read(id);
      if (run.isUnsettled()) {
        unsettled.add(run);
      }
    }
    return unsettled;
  }
}
