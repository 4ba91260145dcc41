package org.golempipeline.spec;

import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names that the runner itself gives to shell texts and templates. */
final class Variables {
  static final Set<String> RESERVED =
      Set.of("in", "out", "outdir", "tmp", "index", "count", "path", "stem");

  /** Those that {@code output} may name. */
  static final Set<String> IN_OUTPUT = Set.of("index", "path", "stem");

  private Variables() {}

  static @Nullable String suggestion(String name, Collection<String> known) {
    return Nearest.to(name, known)
        .map("Did you mean `${%s}`?"::formatted)
        .orElse(known.isEmpty() ? null : "Known here: %s.".formatted(Words.list(known)));
  }
}
