package org.golempipeline.gvmi;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An image in an {@link ImageStore}.
 *
 * @param sha3 its SHA3-224 in hex
 * @param size of the file, in bytes
 * @param origins where it came from, or what it was made of; several names may mean one image
 * @param unpacked bytes of its file system, if it lies unpacked
 */
public record StoredImage(
    String sha3,
    Path file,
    long size,
    List<Origin> origins,
    Optional<Long> unpacked,
    Instant lastUse) {
  public StoredImage {
    origins = List.copyOf(origins);
  }

  /** Its file, whose hash is known. */
  public GvmiFile open() throws IOException, NotAnImageException {
    return new GvmiFile(file, size, sha3, GvmiFile.configuration(file));
  }

  /**
   * Where an image came from.
   *
   * @param name for people: a tag, a folder, a reference. It means one image of a store.
   * @param digest of the content it was made of, if it was made here
   */
  public record Origin(String name, Optional<String> digest) {
    public static Origin of(String name) {
      return new Origin(name, Optional.empty());
    }
  }
}
