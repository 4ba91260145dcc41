package org.golempipeline.oci;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.golempipeline.gvmi.ImageConfiguration;
import org.golempipeline.gvmi.ImageException;

/**
 * A container image whose layers are on this machine.
 *
 * @param layers the lowest first
 * @param steps that made them, in the same order; empty if the image does not tell
 */
record ContainerImage(List<Layer> layers, List<Step> steps, ImageConfiguration configuration) {
  /**
   * What made a layer.
   *
   * @param digest of the decompressed layer
   * @param command may be empty
   */
  record Step(String digest, String command) {}

  /** What providers run. */
  static final String OS = "linux";

  static final String ARCHITECTURE = "amd64";

  ContainerImage {
    layers = List.copyOf(layers);
    steps = List.copyOf(steps);
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
    if (layers.isEmpty()) {
      throw new ImageException(
          "The image `%s` has no layers, so there is nothing in it.".formatted(name),
          "Build it of one that has programs, such as `FROM alpine`, and save it again.");
    }
    var steps = steps(configuration);
    return new ContainerImage(
        layers,
        steps.size() == layers.size() ? steps : List.of(),
        ImageConfiguration.of(configuration.path("config")));
  }

  private static List<Step> steps(JsonNode configuration) {
    var commands = new ArrayList<String>();
    for (var each : configuration.path("history")) {
      if (!each.path("empty_layer").asBoolean()) {
        commands.add(each.path("created_by").asText());
      }
    }
    var digests = configuration.path("rootfs").path("diff_ids");
    var steps = new ArrayList<Step>();
    for (var digest : digests) {
      var told = commands.size() == digests.size();
      steps.add(new Step(digest.asText(), told ? commands.get(steps.size()) : ""));
    }
    return steps;
  }

  /** With a volume where files can be transferred to, if it declares none. */
  ContainerImage withVolume(String volume) {
    var said = configuration;
    return said.volumes().isEmpty()
        ? new ContainerImage(
            layers,
            steps,
            new ImageConfiguration(
                said.env(),
                said.user(),
                List.of(volume),
                said.workingDir(),
                said.entrypoint(),
                said.cmd()))
        : this;
  }

  static ImageException wrongMachine(String name, String what) {
    return new ImageException(
        "The image `%s` %s, and providers are %s/%s.".formatted(name, what, OS, ARCHITECTURE),
        "Build it for that machine: `docker build --platform linux/amd64`.");
  }
}
