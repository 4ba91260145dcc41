package org.golempipeline.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.golempipeline.gvmi.GvmiFile;
import org.golempipeline.spec.ImageRef;
import org.jspecify.annotations.Nullable;

/** The images of a plan, each where providers can fetch it, until they are closed. */
public final class ServedImages implements AutoCloseable {
  private final boolean onNetwork;
  private final Map<ImageRef, Image> images;
  private final List<GvmiFile.Content> open;

  ServedImages(boolean onNetwork, Map<ImageRef, Image> images, List<GvmiFile.Content> open) {
    this.onNetwork = onNetwork;
    this.images = Map.copyOf(images);
    this.open = List.copyOf(open);
  }

  /** What {@code image}, which stands in the plan, is for providers. */
  public Image get(@Nullable ImageRef image) {
    var found = image == null ? null : images.get(image);
    if (found == null && !onNetwork) {
      return Images.NOT_FETCHED;
    }
    if (found == null) {
      throw new IllegalArgumentException("not an image of the plan: " + image);
    }
    return found;
  }

  /** Closes files of this machine; called when no provider reads them any more. */
  @Override
  public void close() {
    for (var content : open) {
      try {
        content.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
