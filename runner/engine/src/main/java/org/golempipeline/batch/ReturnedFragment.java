package org.golempipeline.batch;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a provider says of one fragment.
 *
 * @param ending how it ended
 * @param status of the command for {@link Ending#EXITED}, of setup for {@link Ending#SETUP_FAILED},
 *     else 0; more than 128 after a signal, as the shell counts
 * @param problem what is wrong with the outputs for {@link Ending#UNUSABLE}, else empty
 * @param outputs files that may be read, in the order of the bytes of their names; none unless the
 *     command exited with 0. None at all if it left none.
 * @param log where the text that the command wrote lies in the pack file; null if it wrote nothing.
 *     Any bytes.
 */
public record ReturnedFragment(
    Ending ending, int status, String problem, List<Output> outputs, @Nullable Extent log) {
  public ReturnedFragment {
    outputs = List.copyOf(outputs);
  }

  /** How a fragment ended. */
  public enum Ending {
    /** By itself. */
    EXITED,
    /** Killed because it took longer than its limit. */
    TIMED_OUT,
    /** Not begun, since the stage's setup failed. */
    SETUP_FAILED,
    /** With outputs that cannot be taken: links, devices, names that are no text. */
    UNUSABLE,
    /** The provider does not say. */
    UNKNOWN
  }

  /** A range of the pack file, in bytes. */
  public record Extent(long offset, long size) {}

  /**
   * A file that the command left.
   *
   * @param name relative to {@code $outdir}, or the name of {@code $out}
   * @param extent where its bytes lie in the pack file
   */
  public record Output(String name, Extent extent) {}
}
