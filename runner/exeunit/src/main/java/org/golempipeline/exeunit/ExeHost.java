package org.golempipeline.exeunit;

import java.util.concurrent.CompletableFuture;
import org.golempipeline.golem.wire.ActivityState;
import org.golempipeline.golem.wire.FileMessage;

/** What an exe-unit needs of whoever runs it. */
public interface ExeHost {
  /** A file that a requestor serves. Thread-safe. */
  interface RequestorFile {
    /**
     * Sends a request; several may be under way. Completes with the reply, or fails with a {@link
     * TransferException}.
     */
    CompletableFuture<FileMessage.Reply> call(FileMessage.Request request);
  }

  /**
   * The file {@code gftp://node/file}.
   *
   * @throws TransferException if nobody serves it
   */
  RequestorFile file(String node, String file) throws TransferException;

  /** Whether files are sent with their hash, as those that come a long way are. */
  default boolean hashesFiles() {
    return true;
  }

  /**
   * Told at each change, in order, while the unit's lock is held: to be handed on, no more. The
   * last one is {@code Terminated}.
   */
  default void stateChanged(ActivityState state) {}
}
