package org.golempipeline.cli.completion;

import java.util.Iterator;
import java.util.List;

/** What completion offers where only a few words are right; picocli wants a class for each. */
public abstract class Candidates implements Iterable<String> {
  private final List<String> words;

  public Candidates(List<String> words) {
    this.words = words;
  }

  @Override
  public final Iterator<String> iterator() {
    return words.iterator();
  }
}
