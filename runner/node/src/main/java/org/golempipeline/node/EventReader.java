package org.golempipeline.node;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A reader of server-sent events. Thread-safe; never blocks. */
interface EventReader {
  /**
   * Sends an event.
   *
   * @param sent runs when it went, or never will
   */
  void send(String type, @Nullable String id, String data, Runnable sent);

  /** Sends something now and then, so that the reader sees that there is somebody. */
  void keepAlive(Duration pause);

  /** Runs {@code task} when the stream has ended, whoever ended it. */
  void onEnd(Runnable task);

  /** Ends the stream after what was sent. */
  void end();
}
