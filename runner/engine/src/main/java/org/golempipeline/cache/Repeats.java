package org.golempipeline.cache;

/** Counts how often each digest was seen. Not for several threads. */
public final class Repeats {
  private final KeyTable seen = new KeyTable();

  /** How often {@code digest} was seen before this time. */
  public int before(Digest digest) {
    var before = Math.max(0, seen.find(digest));
    seen.put(digest, before + 1);
    return (int) before;
  }
}
