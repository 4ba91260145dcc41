package org.golempipeline.cli.terminal;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.golempipeline.pipeline.Refusal;

/** Where a cache for several folders lies, as the user says it. */
public final class CachePlace {
  /** The variable that says it for every command. */
  public static final String VARIABLE = "GOLEM_PIPELINE_CACHE";

  private CachePlace() {}

  /** What the environment names. */
  public static Optional<Path> usual(Console console) throws Refusal {
    var name = console.variable(VARIABLE).orElse("");
    return name.isEmpty() ? Optional.empty() : Optional.of(of(console, VARIABLE, name));
  }

  /**
   * The folder {@code name}, relative to the current one.
   *
   * @param where the user says it
   */
  public static Path of(Console console, String where, String name) throws Refusal {
    try {
      return console.folder().resolve(name).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw Refusal.usage("`%s` of `%s` is not the name of a folder.".formatted(name, where), null);
    }
  }
}
