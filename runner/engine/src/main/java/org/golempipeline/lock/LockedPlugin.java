package org.golempipeline.lock;

import org.jspecify.annotations.Nullable;

/**
 * A plugin that a pipeline was given, of a file or of a Maven repository.
 *
 * @param version as its jar states it, for people
 * @param path of the jar, relative to the folder of the pipeline file, with {@code /}; null if it
 *     is from a repository
 * @param maven where it is there; null if it is a file
 * @param sha256 of the jar, in lower-case hex
 */
public record LockedPlugin(
    String version, @Nullable String path, @Nullable MavenCoordinates maven, String sha256) {
  public LockedPlugin {
    if ((path == null) == (maven == null)) {
      throw new IllegalArgumentException("one place is needed");
    }
  }
}
