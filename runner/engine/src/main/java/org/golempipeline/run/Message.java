package org.golempipeline.run;

import java.math.BigDecimal;
import java.util.List;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.jspecify.annotations.Nullable;

/** What the scheduler is told: the answers to its actions, and what happens by itself. */
sealed interface Message {
  record Begin() implements Message {}

  record NetworkOpened() implements Message {}

  record NetworkFailed(Failure failure) implements Message {}

  /** Something between the daemon, the providers and us, already in the words of an event. */
  record Noted(RunEvent event) implements Message {}

  record Expanded(int stage, int fragments) implements Message {}

  /** A stage cannot go on: its split, merge or publication failed. */
  record StageBroken(int stage, Failure failure) implements Message {}

  record RentalOpened(
      int rental,
      String agreementId,
      String providerId,
      String providerName,
      int threads,
      BigDecimal startPrice,
      BigDecimal cpuSecondPrice,
      BigDecimal envSecondPrice)
      implements Message {}

  record RentalFailed(int rental, Failure failure) implements Message {}

  /** The provider ended the agreement. */
  record RentalLost(int rental, String reason) implements Message {}

  record RentalClosed(int rental) implements Message {}

  /**
   * A script went through and its archive is here.
   *
   * @param done fragments whose outputs were received and accepted
   * @param winners those of {@code done} whose output can win a {@code first}
   */
  record BatchReturned(
      int batch,
      FragmentSet done,
      FragmentSet winners,
      List<RunEvent.AttemptFailure> failed,
      long bytesSent,
      long bytesReceived)
      implements Message {}

  /** A script did not go through; the machine it ran on is not to be used again. */
  record BatchBroken(int batch, Failure failure) implements Message {}

  /**
   * @param value the result of a {@code merge: value} stage
   */
  record Merged(int stage, int files, long bytes, @Nullable String value) implements Message {}

  record Published(List<RunEvent.OutputPublished> outputs) implements Message {}

  record PublishFailed(Failure failure) implements Message {}

  record Settled(BigDecimal accepted, int agreements, List<String> outstanding)
      implements Message {}

  /** A moment that was asked for has come. */
  record Alarm() implements Message {}

  record Stop(Failure failure) implements Message {}
}
