package org.golempipeline.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;

/** What a run went on without, by its journal, and which of several first results it took. */
public final class GivenUp {
  /** Of no run. */
  public static final GivenUp NOTHING = new GivenUp();

  private final Map<String, BitSet> fragments = new HashMap<>();
  private final Map<String, Integer> winners = new HashMap<>();

  private GivenUp() {}

  public static GivenUp read(Path runFolder) throws IOException {
    var found = new GivenUp();
    new JournalReader(runFolder)
        .scan(
            found::add,
            RunEvent.FragmentFailed.class,
            RunEvent.StageEnough.class,
            RunEvent.StageCut.class);
    return found;
  }

  private void add(StampedEvent stamped) {
    if (stamped.event() instanceof RunEvent.FragmentFailed failed) {
      fragments.computeIfAbsent(failed.stage(), stage -> new BitSet()).set(failed.fragment());
    } else if (stamped.event() instanceof RunEvent.StageEnough enough) {
      fragments
          .computeIfAbsent(enough.stage(), stage -> new BitSet())
          .or(enough.missing().toBitSet());
    } else if (stamped.event() instanceof RunEvent.StageCut cut) {
      winners.put(cut.stage(), cut.winner());
    }
  }

  /** Fragments of {@code stage} that failed for good, or that were not waited for. */
  public FragmentSet of(String stage) {
    var set = fragments.get(stage);
    return set == null ? FragmentSet.EMPTY : FragmentSet.of(set);
  }

  /** The fragment whose output is the result of a {@code merge: first}. */
  public OptionalInt winner(String stage) {
    var winner = winners.get(stage);
    return winner == null || winner < 0 ? OptionalInt.empty() : OptionalInt.of(winner);
  }
}
