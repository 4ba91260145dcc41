package org.golempipeline.html;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.journal.EventJson;

/** Writes the journal of a run that never was. */
final class JournalWriter implements AutoCloseable {
  static final Instant START = Instant.parse("2026-11-24T12:00:00Z");

  private final OutputStream out;
  private long sequence;
  private Instant now = START;

  JournalWriter(Path runFolder) throws IOException {
    Files.createDirectories(runFolder);
    out = new BufferedOutputStream(Files.newOutputStream(runFolder.resolve("journal.ndjson")));
  }

  /** What follows happens so many seconds after the run began. */
  JournalWriter at(double seconds) {
    now = START.plusMillis(Math.round(seconds * 1000));
    return this;
  }

  JournalWriter add(RunEvent event) throws IOException {
    var line = EventJson.write(new StampedEvent(sequence++, now, event)) + "\n";
    out.write(line.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  static RunEvent.RunStarted started(String target, String... stages) {
    return new RunEvent.RunStarted(
        "r1",
        "words",
        "texts/words.yaml",
        target,
        "s",
        2,
        List.of(stages),
        List.of(),
        null,
        List.of());
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
