package org.golempipeline.lock;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A plugin that a pipeline was given, of a file or of a Maven repository.
 *
 * @param version as its jar states it, for people
 * @param path of the jar, relative to the folder of the pipeline file, with {@code /}; null if it
 *     is from a repository
 * @param maven where it is there; null if it is a file
 * @param sha256 of the jar, in lower-case hex
 * @param libraries what it needs beside its jar, in the order of the class path; a file needs none
 */
public record LockedPlugin(
    String version,
    @Nullable String path,
    @Nullable MavenCoordinates maven,
    String sha256,
    List<LockedLibrary> libraries) {
  public LockedPlugin {
    if ((path == null) == (maven == null)) {
      throw new IllegalArgumentException("one place is needed");
    }
    if (path != null && !libraries.isEmpty()) {
      throw new IllegalArgumentException("libraries are of repositories");
    }
    libraries = List.copyOf(libraries);
  }
}
