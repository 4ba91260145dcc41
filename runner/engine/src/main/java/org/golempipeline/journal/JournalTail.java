package org.golempipeline.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.plainfile.PlainFile;

/**
 * The journal of a run as it grows: each event is handed over once, as soon as its line is whole.
 * Events that this version does not know are left out. For one thread.
 */
public final class JournalTail implements AutoCloseable {
  private final Path runFolder;
  private final FileChannel file;
  private final JournalReader.Lines lines;
  private final ByteBuffer buffer = ByteBuffer.allocate(64 << 10);

  /** Where the first line begins that was not whole yet. */
  private long whole;

  private JournalTail(Path runFolder, FileChannel file, Consumer<StampedEvent> consumer) {
    this.runFolder = runFolder;
    this.file = file;
    this.lines = new JournalReader.Lines(EventJson.names(), consumer);
  }

  /** Begins at its first event. */
  public static JournalTail open(Path runFolder, Consumer<StampedEvent> consumer)
      throws IOException {
    return new JournalTail(
        runFolder, PlainFile.open(runFolder.resolve(JournalReader.FILE)), consumer);
  }

  /**
   * Hands over what came since it was asked last.
   *
   * @return whether more may come: the run's process writes, or lives. It may have died without a
   *     last event.
   */
  public boolean read() throws IOException {
    // Asked first: whatever was written before it died is there then.
    var lives = Journal.isOpen(runFolder);
    if (file.size() < file.position()) {
      // Somebody goes on with a dead run's journal, behind its last whole line.
      file.position(whole);
      lines.forget();
    }
    while (file.read(buffer.clear()) > 0) {
      var rest = lines.add(buffer.array(), buffer.position());
      if (rest < buffer.position()) {
        whole = file.position() - rest;
      }
    }
    return lives;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
