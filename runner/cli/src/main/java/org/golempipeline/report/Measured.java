package org.golempipeline.report;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;

/** What each fragment of a script took, as its provider says, or else its share of the script. */
public final class Measured {
  /**
   * What one of them took.
   *
   * @param cpuMilliseconds -1 if that is not known
   * @param bytes of its output; -1 if that is not known
   * @param memory bytes that its processes held at most, as {@link RunEvent.Figures} says; -1 if
   *     that is not known
   */
  public record Fragment(long milliseconds, int cpuMilliseconds, long bytes, long memory) {}

  private final Map<Integer, Fragment> known = new HashMap<>();
  private final Fragment others;

  private Measured(long share) {
    others = new Fragment(share, -1, -1, -1);
  }

  /**
   * @param fragments of the script
   */
  public static Measured of(FragmentSet fragments, RunEvent.BatchFinished batch) {
    var through = Math.max(1, batch.done().size() + batch.failed().size());
    var measured = new Measured(batch.milliseconds() / through);
    var figures = batch.figures();
    if (figures != null) {
      var numbers = fragments.toArray();
      var memory = figures.memory() == null ? List.<Long>of() : figures.memory();
      for (var i = 0; i < numbers.length; i++) {
        var took = at(figures.took(), i);
        measured.known.put(
            numbers[i],
            new Fragment(
                took < 0 ? measured.others.milliseconds() : took,
                (int) at(figures.cpu(), i),
                at(figures.bytes(), i),
                at(memory, i)));
      }
    }
    return measured;
  }

  /** A damaged journal may have fewer. */
  private static long at(List<? extends Number> figures, int place) {
    return place < figures.size() ? Math.max(-1, figures.get(place).longValue()) : -1;
  }

  /** What {@code fragment} took, whether or not it succeeded. */
  public Fragment get(int fragment) {
    return known.getOrDefault(fragment, others);
  }
}
