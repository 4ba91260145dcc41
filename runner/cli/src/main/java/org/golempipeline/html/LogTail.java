package org.golempipeline.html;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.golempipeline.plainfile.PlainFile;

/** The end of what a fragment wrote. */
final class LogTail {
  private static final int BYTES = 2000;
  private static final int LINES = 20;

  private LogTail() {}

  /**
   * Its last lines; empty if there is no such file in the run's folder, or nothing in it.
   *
   * @param log relative to the run's folder
   */
  static Optional<String> read(Path runFolder, String log) {
    try {
      var file = runFolder.resolve(log).normalize();
      if (!file.startsWith(runFolder.normalize())
          || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.empty();
      }
      return read(file);
    } catch (IOException | InvalidPathException gone) {
      return Optional.empty();
    }
  }

  private static Optional<String> read(Path file) throws IOException {
    try (var channel = PlainFile.open(file, LinkOption.NOFOLLOW_LINKS)) {
      var begin = Math.max(0, channel.size() - BYTES);
      var buffer = ByteBuffer.allocate(BYTES);
      while (buffer.hasRemaining() && channel.read(buffer, begin + buffer.position()) > 0) {
        continue;
      }
      var text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
      var lines = text.lines().toList();
      var first = Math.max(begin > 0 && lines.size() > 1 ? 1 : 0, lines.size() - LINES);
      var tail = String.join("\n", lines.subList(first, lines.size())).strip();
      if (tail.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(begin > 0 || first > 0 ? "…\n" + tail : tail);
    }
  }
}
