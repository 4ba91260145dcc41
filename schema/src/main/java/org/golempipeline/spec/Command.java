package org.golempipeline.spec;

import java.util.List;

/** What a provider runs for a fragment. */
public sealed interface Command {
  /** Shell text for {@code /bin/sh}. */
  record Shell(ShellText text) implements Command {}

  /** A program and its arguments, for images without a shell. */
  record Argv(List<Template> words) implements Command {
    public Argv {
      words = List.copyOf(words);
    }
  }
}
