package org.golempipeline.laws;

import java.util.Locale;

/** What must hold for a stage so that its result does not show how it was computed. */
public enum Law {
  /** The fragments hold the input exactly once and in order, and are the same the second time. */
  COVER,
  /** Two runs give the same bytes. */
  TWICE,
  /** So do runs in which fragments meet other providers at other times. */
  ORDER,
  /** The result is that of one fragment with everything in it. */
  WHOLE,
  /** The result is that of smaller and of larger fragments. */
  SIZE;

  /** The word that users know it by. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
