package org.golempipeline.spec;

import org.golempipeline.diagnostic.Range;
import org.jspecify.annotations.Nullable;

/**
 * One entry of {@code files}: what every provider gets once.
 *
 * @param name what it is called on the provider; null for its base name
 */
public record SharedFile(@Nullable String name, Origin origin, Range range) {
  /** Where a shared file comes from. */
  public sealed interface Origin {
    /** A local file, folder or glob. */
    record Local(InputSource source) implements Origin {}

    /** The result of an earlier stage. */
    record Stage(StageName stage) implements Origin {}
  }
}
