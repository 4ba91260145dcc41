package org.golempipeline.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.RunEvent.RunStarted;
import org.golempipeline.event.StampedEvent;
import org.slf4j.LoggerFactory;

/**
 * The runs of the pipelines in one folder, which are kept in {@code .golem-pipeline/runs} there. A
 * run's id begins with its time, so their order is that of the ids.
 */
public final class RunHistories {
  private static final int TAIL = 64 << 10;

  private final Path runs;

  /**
   * @param pipelines the folder of the pipeline files
   */
  public RunHistories(Path pipelines) {
    this.runs = pipelines.resolve(".golem-pipeline").resolve("runs");
  }

  private RunHistories(Path runs, boolean itself) {
    this.runs = runs;
  }

  /** Those of the folder in which a run has its own. */
  public static RunHistories beside(Path runFolder) {
    return new RunHistories(runFolder.toAbsolutePath().resolveSibling(""), true);
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
   * The newest runs, the newest first.
   *
   * @param most only so many are looked at
   * @param unreadable is told of each that cannot be read, which is left out
   */
  public List<RunHistory> newest(int most, BiConsumer<String, IOException> unreadable)
      throws IOException {
    var found = new ArrayList<RunHistory>();
    for (var id : ids().stream().limit(most).toList()) {
      try {
        found.add(read(id));
      } catch (IOException e) {
        unreadable.accept(id, e);
      }
    }
    return found;
  }

  /**
   * What the newest runs on the network say of files that providers fetched from here, the newest
   * first. Stands near the end of a journal, and is looked for nowhere else.
   *
   * @param most only so many runs are looked at
   */
  public List<StampedEvent> filesServed(int most) throws IOException {
    var found = new ArrayList<StampedEvent>();
    var looked = 0;
    for (var id : ids()) {
      var journal = new JournalReader(folder(id));
      try {
        var first = journal.first().map(StampedEvent::event).orElse(null);
        if (looked < most && first instanceof RunStarted run && !RunHistory.isLocal(run)) {
          looked++;
          journal.last(TAIL).stream()
              .filter(each -> each.event() instanceof RunEvent.FilesServed)
              .forEach(found::add);
        }
      } catch (IOException e) {
        LoggerFactory.getLogger(RunHistories.class).debug("run {} is left out", id, e);
      }
    }
    return found;
  }

  /** Those of the newest runs that left something on the network. */
  public List<RunHistory> unsettled(int most, BiConsumer<String, IOException> unreadable)
      throws IOException {
    return newest(most, unreadable).stream().filter(RunHistory::isUnsettled).toList();
  }
}
