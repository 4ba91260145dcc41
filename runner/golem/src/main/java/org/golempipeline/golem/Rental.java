package org.golempipeline.golem;

import java.util.concurrent.CompletableFuture;

/**
 * A rented machine with its image started. Executes one script at a time; asking for a second while
 * one runs is a bug of the caller. Methods return at once and are safe to call from any thread.
 */
public interface Rental {
  /** The agreement it stands on. */
  String agreementId();

  Provider provider();

  Pricing pricing();

  /**
   * The folder on the provider that files can be transferred to and from, as the provider reports
   * it; absolute, without a slash at the end.
   */
  String folder();

  /**
   * Runs the commands of {@code script} in order, stopping at the first that fails. Completes
   * normally when the batch ended by itself, with the failed command last in the outcome if one
   * failed; fails with {@link GolemException} when the platform, the provider or a clock ended it:
   * the rental must then be closed.
   */
  CompletableFuture<ScriptOutcome> execute(Script script);

  /** Completes when the agreement ends without our doing, with the reason in plain words. */
  CompletableFuture<String> lost();

  /**
   * Destroys the activity and terminates the agreement, with a truthful reason. Repeats in the
   * background what cannot be done at once; never fails.
   */
  CompletableFuture<Void> close(EndReason reason);
}
