package org.golempipeline.standard;

import java.io.IOException;
import java.util.List;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * Merges sorted lines, equal ones in the order of their sources. Every node of the tree keeps the
 * source whose line lost there, marked against the line that won; so the line after the winner only
 * plays against the losers on its way up, all of them marked against the same line as it is.
 */
final class Tournament {
  private final LineOrder order;
  private final SortedLines[] sources;

  /** At the nodes from 1, the root; the leaves behind them are the sources. */
  private final int[] losers;

  private final long[] marks;

  private int winner;

  /** Takes sources that have been advanced to their first line. */
  Tournament(LineOrder order, List<SortedLines> sources) {
    this.order = order;
    this.sources = sources.toArray(SortedLines[]::new);
    this.losers = new int[this.sources.length];
    this.marks = new long[this.sources.length];
    this.winner = this.sources.length == 0 ? 0 : play(1);
  }

  /** The line that comes first, valid until {@link #next}; null if there is none. */
  LineOrder.@Nullable Line first() {
    return sources.length == 0 || sources[winner].isAtEnd() ? null : sources[winner].line();
  }

  /** The line that comes after it. */
  LineOrder.@Nullable Line next() throws IOException, StrategyException {
    sources[winner].advance();
    var playing = winner;
    var mark = sources[playing].line().mark();
    for (var node = (sources.length + playing) / 2; node > 0; node /= 2) {
      if (marks[node] == mark) {
        playing = playInFull(node, playing);
        mark = sources[playing].line().mark();
        continue;
      }
      // Who wins is as good as random: no branch, which would be guessed wrong every other time.
      var swap = (marks[node] - mark) >> 63;
      var swapped = (losers[node] ^ playing) & (int) swap;
      losers[node] ^= swapped;
      playing ^= swapped;
      var larger = Math.max(marks[node], mark);
      mark = Math.min(marks[node], mark);
      marks[node] = larger;
    }
    winner = playing;
    return first();
  }

  /** Answers which source wins at {@code node}. */
  private int play(int node) {
    if (node >= sources.length) {
      return node - sources.length;
    }
    var left = play(2 * node);
    losers[node] = play(2 * node + 1);
    return playInFull(node, left);
  }

  private int playInFull(int node, int playing) {
    var other = losers[node];
    var otherWins = order.isBefore(sources[other].line(), sources[playing].line(), other < playing);
    losers[node] = otherWins ? playing : other;
    marks[node] = sources[losers[node]].line().mark();
    return otherWins ? other : playing;
  }
}
