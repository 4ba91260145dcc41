package org.golempipeline.diagnostic;

import java.util.Objects;

/**
 * The text that diagnostics point into.
 *
 * @param name how the user called it, shown in front of line and column
 */
public record Source(String name, String text) {
  public Source {
    Objects.requireNonNull(name);
    Objects.requireNonNull(text);
  }

  /** The line with that number, from 1, without its end; empty if there is no such line. */
  public String line(int number) {
    return text.lines().skip(number - 1L).findFirst().orElse("");
  }
}
