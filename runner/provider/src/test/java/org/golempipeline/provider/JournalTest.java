package org.golempipeline.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  @TempDir private Path folder;

  @Test
  void tellsTheNextStartWhatIsNotBilled() throws Exception {
    Path file = folder.resolve("journal");
    try (Journal journal = Journal.open(file)) {
      journal.signed("billed");
      journal.signed("a");
      journal.started("a", "a1");
      journal.started("a", "a2");
      journal.signed("b");
      journal.issued("b", "b-invoice");
      journal.issued("billed", "i");
      journal.closed("billed");
      assertThat(journal.left()).isEmpty();
    }
    // Torn by the end of the process.
    Files.writeString(file, "{\"type\":\"agreement-clo", StandardOpenOption.APPEND);
    for (int i = 0; i < 2; i++) {
      try (Journal journal = Journal.open(file)) {
        assertThat(journal.left())
            .containsExactly(
                new Journal.Left("a", List.of("a1", "a2"), null),
                new Journal.Left("b", List.of(), "b-invoice"));
      }
    }
    try (Journal journal = Journal.open(file)) {
      journal.closed("a");
      journal.closed("b");
    }
    try (Journal journal = Journal.open(file)) {
      assertThat(journal.left()).isEmpty();
    }
    assertThat(Files.size(file)).isZero();
  }
}
