package org.golempipeline.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.golempipeline.plainfile.PlainFile;

/**
 * What a program wrote last, which is where it mostly says what is wrong. Only the end of a log is
 * read, however long it is.
 */
public final class LastWords {
  private static final int MOST_BYTES = 2_000;
  private static final int MOST_LINES = 10;

  /** Colours and movements of the cursor: what a program says to a terminal, not to a reader. */
  private static final Pattern SEQUENCE = Pattern.compile("\033\\[[0-9;:?]*[ -/]*[@-~]");

  private LastWords() {}

  /** The last line that is not blank; empty if the log has none, or cannot be read. */
  public static String of(Path log) {
    var lines = lines(log);
    return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
  }

  /**
   * The last lines that are not blank, safe to be printed.
   *
   * @param folder of the run
   * @param log relative to it; nothing is read of one that leaves it
   */
  public static List<String> of(Path folder, String log) {
    var root = folder.normalize();
    var file = root.resolve(log).normalize();
    return file.startsWith(root) ? lines(file) : List.of();
  }

  private static List<String> lines(Path log) {
    if (!Files.isRegularFile(log, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try (var content = PlainFile.stream(log)) {
      var before = Math.max(0, Files.size(log) - MOST_BYTES);
      content.skipNBytes(before);
      var bytes = content.readNBytes(MOST_BYTES);
      var from = 0;
      while (before > 0 && from < bytes.length && (bytes[from] & 0xc0) == 0x80) {
        from++; // the rest of a character that begins before
      }
      var text = new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8);
      var lines =
          ((before > 0 ? "…" : "") + text)
              .replace("\r\n", "\n")
              .lines()
              .map(LastWords::shown)
              .filter(line -> !line.isBlank())
              .toList();
      return lines.subList(Math.max(0, lines.size() - MOST_LINES), lines.size());
    } catch (IOException e) {
      return List.of();
    }
  }

  private static String shown(String line) {
    return TerminalText.safe(SEQUENCE.matcher(line).replaceAll("").stripTrailing());
  }
}
