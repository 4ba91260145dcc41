package org.golempipeline.exeunit;

import java.time.Duration;
import java.util.Optional;

/**
 * How a provider behaves where it could misbehave; an embedded node plays bad ones with it. As it
 * stands, honest and fast. Called from the threads that execute scripts, without any lock.
 */
public interface Conduct {
  Conduct HONEST = new Conduct() {};

  /** Changes a file on its way to the requestor, chunk by chunk. */
  interface Forger {
    /** Changes the first {@code length} bytes of the next chunk. */
    void forge(byte[] chunk, int length);
  }

  /** How much longer the next command takes. */
  default Duration delay() {
    return Duration.ZERO;
  }

  /** How long moving so many bytes takes beyond what it takes anyway. */
  default Duration transferTime(long bytes) {
    return Duration.ZERO;
  }

  /** Why no image can be deployed, if so. */
  default Optional<String> deployTrouble() {
    return Optional.empty();
  }

  /** Whether programs end at once with exit code 1. */
  default boolean programsFail() {
    return false;
  }

  /** Whether only the first few bytes of outputs are kept. */
  default boolean truncatesOutputs() {
    return false;
  }

  /** Whether a program that {@code terminate} killed is reported as a success. */
  default boolean killedIsOk() {
    return false;
  }

  /** Whether a download onto an existing file begins at that one's size. */
  default boolean resumesDownloads() {
    return false;
  }

  /** What becomes of the next file that is sent to the requestor. */
  default Optional<Forger> forger() {
    return Optional.empty();
  }

  /** The hash that is stated of a file with the hash {@code actual}. */
  default String statedHash(String actual) {
    return actual;
  }

  /** A program of {@code unit} has just started. */
  default void programStarted(ExeUnit unit) {}
}
