package org.golempipeline.cli.live;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.golempipeline.journal.JournalReader;

/**
 * What a run of another process calls now: that may have slept with this machine, or not have gone
 * with a clock that was set, and so its events are stamped behind the system's time or ahead of it.
 * Thread-safe.
 */
final class JournalClock implements InstantSource {
  private final InstantSource system;
  private final Path journal;
  private volatile Duration behind = Duration.ZERO;

  /**
   * @param system by which files are stamped
   */
  JournalClock(InstantSource system, Path runFolder) {
    this.system = system;
    journal = runFolder.resolve(JournalReader.FILE);
  }

  /**
   * @param newest when the run says that its last event happened, which was written at once
   */
  void read(Instant newest) {
    try {
      behind = Duration.between(newest, Files.getLastModifiedTime(journal).toInstant());
    } catch (IOException e) {
      // It was removed: what is known of the run's clock is still true.
    }
  }

  @Override
  public Instant instant() {
    return system.instant().minus(behind);
  }
}
