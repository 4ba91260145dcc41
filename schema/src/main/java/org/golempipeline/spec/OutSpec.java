package org.golempipeline.spec;

/** What a fragment leaves. */
public sealed interface OutSpec {
  /** One file at {@code $out}, which ends in {@code suffix}; empty for no suffix. */
  record One(String suffix) implements OutSpec {}

  /** One file at {@code $out}, called {@code name}. */
  record Named(String name) implements OutSpec {}

  /**
   * The files in {@code $outdir} whose relative path matches {@code glob}, in which a backslash
   * takes the next character literally.
   */
  record Many(String glob) implements OutSpec {}
}
