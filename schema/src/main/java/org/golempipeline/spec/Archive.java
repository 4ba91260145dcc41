package org.golempipeline.spec;

import java.util.Locale;
import java.util.Optional;

/** The archives that collected outputs can be packed into. */
public enum Archive {
  /** {@code .zip}. */
  ZIP,
  /** {@code .tar}. */
  TAR,
  /** {@code .tar.gz} or {@code .tgz}. */
  TAR_GZ;

  /** What a file of that name holds; empty if it is no archive that can be made. */
  public static Optional<Archive> named(String path) {
    var name = path.toLowerCase(Locale.ROOT);
    if (name.endsWith(".zip")) {
      return Optional.of(ZIP);
    }
    if (name.endsWith(".tar")) {
      return Optional.of(TAR);
    }
    return name.endsWith(".tar.gz") || name.endsWith(".tgz")
        ? Optional.of(TAR_GZ)
        : Optional.empty();
  }
}
