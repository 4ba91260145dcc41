package org.golempipeline.run;

import org.golempipeline.spec.ImageRef;
import org.golempipeline.spec.Resources;
import org.golempipeline.spec.Timeouts;
import org.jspecify.annotations.Nullable;

/**
 * Stages that can share a rented machine: an agreement fixes image and resources.
 *
 * @param timeouts of the first such stage; its negotiation and deployment clocks are used
 */
record Pool(@Nullable ImageRef image, Resources resources, Timeouts timeouts) {
  boolean fits(@Nullable ImageRef otherImage, Resources otherResources) {
    return java.util.Objects.equals(image, otherImage) && resources.equals(otherResources);
  }

  /** The image, for people. */
  String label() {
    return image == null ? "any image" : image.toString();
  }
}
