package org.golempipeline.schedule;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.golempipeline.event.FragmentSet;

/** What the scheduler wants done. Every action but those that say otherwise is answered. */
public sealed interface Action {
  /** Asked for when there is work for a provider. Answered by NetworkOpened or NetworkFailed. */
  record OpenNetwork() implements Action {}

  /** Answered by Expanded or StageBroken. */
  record Expand(int stage) implements Action {}

  /** Looks for results of earlier runs. Answered by LookedUp or StageBroken. */
  record LookUp(int stage, FragmentSet fragments) implements Action {}

  /**
   * Answered by RentalOpened or RentalFailed.
   *
   * @param deny provider ids
   * @param mostStart a machine that asks for more to start is of no use
   * @param most nor is one that asks for more in all for {@code time}
   */
  record Rent(
      int rental, int pool, Set<String> deny, BigDecimal mostStart, BigDecimal most, Duration time)
      implements Action {}

  /** A provider failed by itself, so others are asked first for a while. Not answered. */
  record Pause(String provider) implements Action {}

  /** Also ends a request that was not answered. Answered by RentalClosed. */
  record CloseRental(int rental, boolean success, String reason) implements Action {}

  /**
   * Sends a script, or prepares it while the script before it still runs on the same machine.
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

  /**
   * Gives up a script on its way as soon as one of its fragments has run for that long, whatever
   * its own clock is set to. Answered by FragmentOverdue, unless it ends before.
   */
  record Limit(int batch, Duration fragmentLimit) implements Action {}

  /**
   * Takes back a script that is prepared and waits for the one before it. Answered by Withdrawn,
   * unless it was posted meanwhile.
   */
  record Withdraw(int batch) implements Action {}

  /** The outputs that {@code fragments} left in {@code batch} are the ones to use. Not answered. */
  record Adopt(int stage, int batch, FragmentSet fragments) implements Action {}

  /** Outputs that may be merged, and fragments that will have none. Not answered. */
  record Feed(int stage, FragmentSet done, FragmentSet missing) implements Action {}

  /**
   * Asks {@code until} about the result that {@code fragments} alone would have. Answered by
   * UntilSaid or StageBroken.
   */
  record AskUntil(int stage, FragmentSet fragments) implements Action {}

  /**
   * Answered by Merged or StageBroken.
   *
   * @param winner the fragment whose output is the result, -1 unless the first one wins
   * @param failed how many fragments failed
   */
  record FinishMerge(int stage, int winner, int failed) implements Action {}

  /** A provider gave false results: nothing of it is rented or believed again. Not answered. */
  record Ban(String provider) implements Action {}

  /** Answered by Published or PublishFailed. */
  record Publish() implements Action {}

  /** Answered by Settled. */
  record Settle(Duration limit) implements Action {}

  /** Answered by Alarm, not before that moment; a later request replaces an earlier one. */
  record WakeAt(Instant at) implements Action {}

  /** The run is over. Not answered. */
  record Finish() implements Action {}
}
