package org.golempipeline.compare;

/** What a comparison of two outputs finds. */
public enum Likeness {
  SAME,
  DIFFERENT,
  /**
   * Neither is what it is read as, or telling takes more than there is, so that a difference in
   * their bytes speaks against nobody.
   */
  UNKNOWN
}
