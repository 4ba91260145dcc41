package org.golempipeline.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.golempipeline.event.EventSink;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;

/**
 * The journal file of a run: one event a line, handed to the system at once. Events by which money
 * could be lost sight of are forced to the disk before the world is touched.
 */
public final class Journal implements EventSink, AutoCloseable {
  private final FileChannel file;

  private Journal(FileChannel file) {
    this.file = file;
  }

  /** Starts a journal; there must be none at {@code path}. */
  public static Journal create(Path path) throws IOException {
    Files.createDirectories(path.toAbsolutePath().getParent());
    return new Journal(
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  @Override
  public void accept(StampedEvent event) {
    try {
      var line = ByteBuffer.wrap((EventJson.write(event) + "\n").getBytes(StandardCharsets.UTF_8));
      while (line.hasRemaining()) {
        file.write(line);
      }
      if (event.event() instanceof RunEvent.AllocationRequested
          || event.event() instanceof RunEvent.RunFinished) {
        file.force(false);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not write the journal of the run", e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
