package org.golempipeline.journal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.golempipeline.plainfile.PlainFile;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a file that a process may have died over, one in memory at a time. A last line that
 * does not end is left out.
 */
final class LineReader implements AutoCloseable {
  private final BufferedReader reader;

  private LineReader(BufferedReader reader) {
    this.reader = reader;
  }

  static LineReader open(Path file) throws IOException {
    // A torn character must not be an error.
    return new LineReader(
        new BufferedReader(new InputStreamReader(PlainFile.stream(file), StandardCharsets.UTF_8)));
  }

  /** The next whole line, or null if there is none. */
  @Nullable String next() throws IOException {
    var line = new StringBuilder();
    for (int character; (character = reader.read()) >= 0; ) {
      if (character == '\n') {
        return line.toString();
      }
      line.append((char) character);
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
