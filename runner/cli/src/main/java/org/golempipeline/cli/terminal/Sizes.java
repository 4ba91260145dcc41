package org.golempipeline.cli.terminal;

import org.golempipeline.pipeline.Refusal;
import org.golempipeline.strategy.Quantities;

/** Sizes on the command line. */
public final class Sizes {
  private Sizes() {}

  /** The bytes that {@code text} stands for, which somebody gave for an option. */
  public static long bytes(String option, String text) throws Refusal {
    try {
      return Quantities.bytes(text);
    } catch (IllegalArgumentException e) {
      throw Refusal.usage(
          "`%s %s` is no size.".formatted(option, text), "Write it as `10GiB` or `500MB`.");
    }
  }
}
