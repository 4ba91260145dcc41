package org.golempipeline.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that a run writes for other programs, and how those of earlier runs are known again. */
final class RecordFile {
  private static final int BEGINNING = 512;

  private RecordFile() {}

  /**
   * Whether nothing is lost with a file that is there.
   *
   * @param mark stands near the beginning of what an earlier run wrote
   */
  static boolean replaceable(Path file, String mark) throws IOException {
    try (var content = Files.newInputStream(file)) {
      var beginning = new String(content.readNBytes(BEGINNING), StandardCharsets.UTF_8);
      return beginning.isEmpty() || beginning.contains(mark);
    }
  }
}
