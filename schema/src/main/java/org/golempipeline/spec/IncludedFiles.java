package org.golempipeline.spec;

import java.io.IOException;
import java.nio.file.NoSuchFileException;

/** Reads the files that a pipeline file includes. */
@FunctionalInterface
public interface IncludedFiles {
  /** There are none. */
  IncludedFiles NONE =
      path -> {
        throw new NoSuchFileException(path);
      };

  /**
   * The content of one; the same each time for the same pipeline.
   *
   * @param path relative to the folder of the pipeline file, or absolute
   */
  byte[] read(String path) throws IOException;
}
