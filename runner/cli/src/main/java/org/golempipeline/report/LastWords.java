package org.golempipeline.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.golempipeline.plainfile.PlainFile;

/** What a program wrote last, which is where it mostly says what is wrong. */
public final class LastWords {
  private static final int MOST_BYTES = 500;

  private LastWords() {}

  /** The last line that is not blank; empty if the log has none, or cannot be read. */
  public static String of(Path log) {
    try (var content = PlainFile.stream(log)) {
      content.skipNBytes(Math.max(0, Files.size(log) - MOST_BYTES));
      return new String(content.readNBytes(MOST_BYTES), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank())
          .reduce("", (one, next) -> next);
    } catch (IOException e) {
      return "";
    }
  }
}
