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
  private final @Nullable Map<ImageRef, Image> images;
  private final List<GvmiFile.Content> open;

  /** {@code images} is null where nobody fetches any. */
  ServedImages(@Nullable Map<ImageRef, Image> images, List<GvmiFile.Content> open) {
    this.images = images;
    this.open = List.copyOf(open);
  }

  /** What {@code image}, which stands in the plan, is for providers. */
  public Image get(@Nullable ImageRef image) {
    if (images == null) {
      return Images.NOT_FETCHED;
    }
    var found = image == null ? null : images.get(image);
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
