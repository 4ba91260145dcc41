package org.golempipeline.schedule;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.RunEvent.Figures;
import org.jspecify.annotations.Nullable;

/** What the scheduler is told: the answers to its actions, and what happens by itself. */
public sealed interface Message {
  record Begin() implements Message {}

  record NetworkOpened() implements Message {}

  record NetworkFailed(Failure failure) implements Message {}

  /** Something between the daemon, the providers and us, already in the words of an event. */
  record Noted(RunEvent event) implements Message {}

  /**
   * @param groups for a tree, the fragments of the stage before that have a result in common; empty
   *     for other stages
   */
  record Expanded(int stage, int fragments, List<FragmentSet> groups) implements Message {
    public Expanded {
      groups = List.copyOf(groups);
    }
  }

  /**
   * @param reused fragments whose outputs an earlier run left
   * @param winners those of {@code reused} whose output can win a {@code first}
   * @param makers by provider, what it made of {@code reused}; only for stages with audits
   * @param reasons what changed since, in words, once it is known
   */
  record LookedUp(
      int stage,
      FragmentSet asked,
      FragmentSet reused,
      FragmentSet winners,
      Map<String, FragmentSet> makers,
      List<String> reasons)
      implements Message {
    public LookedUp {
      makers = Map.copyOf(makers);
      reasons = List.copyOf(reasons);
    }
  }

  /** A stage cannot go on: its split, merge or publication failed. */
  record StageBroken(int stage, Failure failure) implements Message {}

  /**
   * @param wallet where the provider is paid: providers with one wallet are one operator
   */
  record RentalOpened(
      int rental,
      String agreementId,
      String providerId,
      String providerName,
      String wallet,
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
   * @param same for a stage with {@code verify}: by fragment, the earlier batch that left the same
   *     output; without an entry the output differs from all before
   * @param figures recordings of older versions have none
   */
  record BatchReturned(
      int batch,
      FragmentSet done,
      FragmentSet winners,
      Map<Integer, Integer> same,
      List<RunEvent.AttemptFailure> failed,
      long bytesSent,
      long bytesReceived,
      @Nullable Figures figures)
      implements Message {
    public BatchReturned {
      same = Map.copyOf(same);
      failed = List.copyOf(failed);
    }
  }

  /** A script did not go through; the machine it ran on is not to be used again. */
  record BatchBroken(int batch, Failure failure) implements Message {}

  /**
   * A fragment has run longer than its script was limited to on its way. Nothing of the script will
   * be taken in, and its machine is still busy with it.
   */
  record FragmentOverdue(int batch, int fragment, Failure failure) implements Message {}

  /** A script that was only prepared will not be sent. */
  record Withdrawn(int batch) implements Message {}

  record UntilSaid(int stage, boolean enough) implements Message {}

  /**
   * @param value the result of a {@code merge: value} stage
   */
  record Merged(int stage, int files, long bytes, @Nullable String value) implements Message {}

  record Published(List<RunEvent.OutputPublished> outputs) implements Message {
    public Published {
      outputs = List.copyOf(outputs);
    }
  }

  record PublishFailed(Failure failure) implements Message {}

  record Settled(BigDecimal accepted, int agreements, List<String> outstanding) implements Message {
    public Settled {
      outstanding = List.copyOf(outstanding);
    }
  }

  /** A moment that was asked for has come. */
  record Alarm() implements Message {}

  record Stop(Failure failure) implements Message {}
}
