package org.golempipeline.cli;

import java.util.Iterator;
import java.util.List;

/** What completion offers where only a few words are right; picocli wants a class for each. */
abstract class Candidates implements Iterable<String> {
  private final List<String> words;

  Candidates(List<String> words) {
    this.words = words;
  }

  @Override
  public final Iterator<String> iterator() {
    return words.iterator();
  }
}
