package org.golempipeline.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTailTest {
  @TempDir Path folder;
  private final List<Long> seen = new ArrayList<>();

  @Test
  void eachEventIsHandedOverOnceItsLineIsWhole() throws Exception {
    try (var journal = Journal.create(folder.resolve(JournalReader.FILE));
        var tail = JournalTail.open(folder, event -> seen.add(event.sequence()))) {
      assertThat(tail.read()).isTrue();
      assertThat(seen).isEmpty();

      journal.accept(event(0));
      journal.accept(event(1));
      assertThat(tail.read()).isTrue();
      assertThat(seen).containsExactly(0L, 1L);

      assertThat(tail.read()).isTrue();
      assertThat(seen).containsExactly(0L, 1L);
    }
    var line = EventJson.write(event(2)) + "\n";
    try (var tail = JournalTail.open(folder, event -> seen.add(event.sequence()))) {
      append(line.substring(0, 20));
      tail.read();
      append(line.substring(20) + line.substring(0, line.length() - 1));
      tail.read();
      append("\n{\"seq\":3,\"at\":\"2026-01-01T00:00:00Z\",\"type\":\"of-later-versions\"}\n");
      tail.read();
    }
    assertThat(seen).containsExactly(0L, 1L, 0L, 1L, 2L, 2L);
  }

  @Test
  void saysThatNobodyWritesAnyMoreWhenAllWasHandedOver() throws Exception {
    try (var tail = written()) {
      assertThat(tail.read()).isFalse();
      assertThat(seen).containsExactly(0L);
    }
  }

  /** What settles a run cuts off what its process died over. */
  @Test
  void goesOnBehindTheLastWholeLineWhenTheJournalIsCut() throws Exception {
    try (var tail = written()) {
      append("{\"seq\":1,\"at\":\"2026-01-01T00:00:00Z\",\"type\":\"warned\",\"mess");
      tail.read();
      try (var journal = Journal.reopen(folder).orElseThrow()) {
        assertThat(tail.read()).isTrue();
        journal.accept(event(7));
        tail.read();
      }
    }
    assertThat(seen).containsExactly(0L, 7L);
  }

  @Test
  void aLineMayBeLongerThanWhatIsReadAtATime() throws Exception {
    var text = "x".repeat(200_000);
    try (var tail = written()) {
      append(EventJson.write(stamped(1, text)) + "\n" + EventJson.write(event(2)) + "\n");
      tail.read();
    }
    assertThat(seen).containsExactly(0L, 1L, 2L);
  }

  private JournalTail written() throws IOException {
    try (var journal = Journal.create(folder.resolve(JournalReader.FILE))) {
      journal.accept(event(0));
    }
    return JournalTail.open(folder, event -> seen.add(event.sequence()));
  }

  private void append(String text) throws IOException {
    try (var file =
        FileChannel.open(
            folder.resolve(JournalReader.FILE),
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND)) {
      file.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static StampedEvent event(long sequence) {
    return stamped(sequence, "a");
  }

  private static StampedEvent stamped(long sequence, String message) {
    return new StampedEvent(
        sequence, Instant.parse("2026-01-01T00:00:00Z"), new RunEvent.Warned(message));
  }
}
