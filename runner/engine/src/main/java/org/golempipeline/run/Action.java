package org.golempipeline.run;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.golempipeline.event.FragmentSet;

/** What the scheduler wants done. Every action but those that say otherwise is answered. */
sealed interface Action {
  /** Answered by NetworkOpened or NetworkFailed. */
  record OpenNetwork() implements Action {}

  /** Answered by Expanded or StageBroken. */
  record Expand(int stage) implements Action {}

  /** Answered by RentalOpened or RentalFailed; {@code deny} are provider ids. */
  record Rent(int rental, int pool, Set<String> deny) implements Action {}

  /** Also ends a request that was not answered. Answered by RentalClosed. */
  record CloseRental(int rental, boolean success, String reason) implements Action {}

  /**
   * Answered by BatchReturned or BatchBroken.
   *
   * @param prepare whether shared files and setup go along
   * @param fragmentLimit for each fragment's command
   * @param scriptLimit for all of it
   */
  record Execute(
      int batch,
      int rental,
      int stage,
      FragmentSet fragments,
      boolean prepare,
      Duration fragmentLimit,
      Duration scriptLimit)
      implements Action {}

  /** Outputs that may be merged, and fragments that will have none. Not answered. */
  record Feed(int stage, FragmentSet done, FragmentSet missing) implements Action {}

  /**
   * Answered by Merged or StageBroken.
   *
   * @param winner the fragment whose output is the result, -1 unless the first one wins
   */
  record FinishMerge(int stage, int winner) implements Action {}

  /** Answered by Published or PublishFailed. */
  record Publish() implements Action {}

  /** Answered by Settled. */
  record Settle(Duration limit) implements Action {}

  /** Answered by Alarm, not before that moment; a later request replaces an earlier one. */
  record WakeAt(Instant at) implements Action {}

  /** The run is over. Not answered. */
  record Finish() implements Action {}
}
