package org.golempipeline.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.golempipeline.plainfile.LeftFiles;

/**
 * Where a run keeps its files: {@code .golem-pipeline/runs/<id>} beside the pipeline file. The
 * journal and the logs of failed fragments stay; what was merged and not published goes when the
 * run ends.
 */
final class RunFolder {
  private final Path root;

  RunFolder(Path root) {
    this.root = root;
  }

  void create() throws IOException {
    Files.createDirectories(staged());
    Files.createDirectories(work());
  }

  Path root() {
    return root;
  }

  /** Results that are not published yet. */
  Path staged() {
    return root.resolve("staged");
  }

  /** Files of local commands. */
  Path work() {
    return root.resolve("work");
  }

  /** Where a fragment's log is kept, relative to {@link #root()}. */
  String log(String stage, int fragment, int batch) {
    return "logs/" + stage + "/" + fragment + "." + batch + ".log";
  }

  /** Removes all that is of no use after the run. */
  void clean() throws IOException {
    for (var folder : new Path[] {staged(), work()}) {
      LeftFiles.remove(folder);
    }
  }
}
