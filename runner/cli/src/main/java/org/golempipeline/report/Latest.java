package org.golempipeline.report;

import java.util.LinkedHashMap;
import java.util.Map;

/** A map that keeps only the entries that came last. */
public final class Latest<K, V> extends LinkedHashMap<K, V> {
  private static final long serialVersionUID = 1L;

  private final int most;

  /**
   * @param most entries that are kept
   */
  public Latest(int most) {
    this.most = most;
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
    return size() > most;
  }
}
