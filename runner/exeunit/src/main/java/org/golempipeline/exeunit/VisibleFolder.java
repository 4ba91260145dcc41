package org.golempipeline.exeunit;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A folder in which programs of an activity can leave files.
 *
 * @param name how programs call it, with a slash at the end
 * @param here where it is on this machine
 * @param below what programs find there as well, where {@code here} has only what they changed
 */
public record VisibleFolder(String name, Path here, Optional<Path> below) {
  VisibleFolder(String name, Path here) {
    this(name, here, Optional.empty());
  }
}
