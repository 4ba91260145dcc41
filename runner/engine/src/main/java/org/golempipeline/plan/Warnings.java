package org.golempipeline.plan;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a strategy tells the user of, made fit to be shown: one line each, no sentence twice, and a
 * bounded number of them. Safe for use by several threads.
 */
public final class Warnings {
  private static final int MOST = 20;
  private static final int LONGEST = 1000;

  private final Consumer<String> each;
  private final Set<String> said = new HashSet<>();

  /**
   * @param each gets the sentences that are to be shown
   */
  public Warnings(Consumer<String> each) {
    this.each = each;
  }

  /** Takes a sentence of a strategy. */
  public synchronized void say(String sentence) {
    var line = sentence.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
    if (line.length() > LONGEST) {
      line = line.substring(0, LONGEST) + "...";
    }
    if (line.isEmpty() || said.size() > MOST || !said.add(line)) {
      return;
    }
    each.accept(said.size() > MOST ? "More warnings like these are not shown." : line);
  }
}
