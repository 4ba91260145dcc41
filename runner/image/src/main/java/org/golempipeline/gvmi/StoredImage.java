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
 * @param layers that it was made of here, the lowest first; empty if nobody knows
 * @param unpacked bytes of its file system, if it lies unpacked
 */
public record StoredImage(
    String sha3,
    Path file,
    long size,
    List<Origin> origins,
    List<Layer> layers,
    Optional<Long> unpacked,
    Instant lastUse) {
  public StoredImage {
    origins = List.copyOf(origins);
    layers = List.copyOf(layers);
  }

  /** Its file, whose hash is known. */
  public GvmiFile open() throws IOException, NotAnImageException {
    return new GvmiFile(file, size, sha3, GvmiFile.configuration(file));
  }

  /**
   * What one step of a Dockerfile added or changed.
   *
   * @param digest {@code sha256:…} of the decompressed tar
   * @param size bytes of the files in it
   * @param command that made it, as the image says; may be empty
   */
  public record Layer(String digest, long size, String command) {}

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
