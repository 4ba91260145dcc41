package org.golempipeline.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.golempipeline.plainfile.PlainFile;
import org.jspecify.annotations.Nullable;

/**
 * What a file of this machine is as an image, for people who want to know.
 *
 * @param size in bytes
 * @param sha3 its SHA3-224 in hex
 * @param trouble why it is no VM image, as a clause about the file; null if it looks like one
 * @param volumes the folders that its configuration declares as volumes
 */
public record ImageFile(long size, String sha3, @Nullable String trouble, List<String> volumes) {
  public ImageFile {
    volumes = List.copyOf(volumes);
  }

  /** Looks at {@code file}, which is read to its end: some seconds for each gigabyte. */
  public static ImageFile inspect(Path file) throws IOException {
    try (var channel = PlainFile.open(file)) {
      String trouble = null;
      List<String> volumes = List.of();
      try {
        volumes = volumes(LocalImage.check(channel));
      } catch (LocalImage.NotAnImageException e) {
        trouble = e.getMessage();
      }
      return new ImageFile(channel.size(), LocalImage.hash(channel), trouble, volumes);
    }
  }

  /** The configuration is that of a Docker container: a map from the path to nothing. */
  private static List<String> volumes(JsonNode configuration) {
    Iterable<String> names = configuration.path("Volumes")::fieldNames;
    return StreamSupport.stream(names.spliterator(), false).toList();
  }
}
