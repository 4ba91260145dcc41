package org.golempipeline.cache;

import java.io.IOException;
import java.nio.file.Path;

/** A file is not what it was when the run began. */
public final class ChangedInputException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Path file;

  public ChangedInputException(Path file) {
    super(file + " changed");
    this.file = file;
  }

  public Path file() {
    return file;
  }
}
