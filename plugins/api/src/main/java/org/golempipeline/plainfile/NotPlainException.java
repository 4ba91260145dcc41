package org.golempipeline.plainfile;

import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** Where a file must be there is a folder, a pipe, a socket or a device. */
public final class NotPlainException extends FileSystemException {
  private static final long serialVersionUID = 1L;

  NotPlainException(Path file, String what) {
    super(file.toString(), null, "is " + what + ", not a file");
  }
}
