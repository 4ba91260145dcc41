package org.golempipeline.oci;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.golempipeline.gvmi.ImageConfiguration;
import org.golempipeline.gvmi.ImageException;

/**
 * A container image whose layers are on this machine.
 *
 * @param layers the lowest first
 */
record ContainerImage(List<Layer> layers, ImageConfiguration configuration) {
  /** What providers run. */
  static final String OS = "linux";

  static final String ARCHITECTURE = "amd64";

  ContainerImage {
    layers = List.copyOf(layers);
  }

  /**
   * With what its configuration file says.
   *
   * @param name of the image, for people
   */
  static ContainerImage of(String name, List<Layer> layers, JsonNode configuration)
      throws ImageException {
    var os = configuration.path("os").asText(OS);
    var architecture = configuration.path("architecture").asText(ARCHITECTURE);
    if (!os.equals(OS) || !architecture.equals(ARCHITECTURE)) {
      throw wrongMachine(name, "is for %s/%s".formatted(os, architecture));
    }
    return new ContainerImage(layers, ImageConfiguration.of(configuration.path("config")));
  }

  static ImageException wrongMachine(String name, String what) {
    return new ImageException(
        "The image `%s` %s, and providers are %s/%s.".formatted(name, what, OS, ARCHITECTURE),
        "Build it for that machine: `docker build --platform linux/amd64`.");
  }
}
