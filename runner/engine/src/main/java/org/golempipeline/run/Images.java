package org.golempipeline.run;

import org.golempipeline.spec.ImageRef;
import org.jspecify.annotations.Nullable;

/** Finds the file of a VM image. */
@FunctionalInterface
public interface Images {
  /** What {@code image} stands for; null when a stage names none. */
  Image find(@Nullable ImageRef image);

  /**
   * An image that a provider can fetch.
   *
   * @param hash SHA3-224 in hex
   */
  record Image(String hash, String url) {}
}
