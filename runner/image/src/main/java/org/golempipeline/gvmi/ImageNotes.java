package org.golempipeline.gvmi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.golempipeline.gvmi.StoredImage.Layer;
import org.golempipeline.gvmi.StoredImage.Origin;

/**
 * What a store knows of an image beside the image. Losing it loses no image.
 *
 * @param unpacked bytes of the file system, once they were counted
 */
record ImageNotes(List<Origin> origins, List<Layer> layers, Optional<Long> unpacked) {
  private static final ObjectMapper JSON = new ObjectMapper();

  ImageNotes {
    origins = List.copyOf(origins);
    layers = List.copyOf(layers);
  }

  static ImageNotes read(Path file) throws IOException {
    JsonNode json;
    try {
      json = JSON.readTree(Files.readAllBytes(file));
    } catch (NoSuchFileException | JsonProcessingException e) {
      return new ImageNotes(List.of(), List.of(), Optional.empty());
    }
    var origins = new ArrayList<Origin>();
    for (var each : json.path("origins")) {
      origins.add(
          new Origin(
              each.path("name").asText(), Optional.ofNullable(each.path("digest").textValue())));
    }
    var layers = new ArrayList<Layer>();
    for (var each : json.path("layers")) {
      layers.add(
          new Layer(
              each.path("digest").asText(),
              each.path("size").asLong(),
              each.path("command").asText()));
    }
    var unpacked = json.path("unpacked");
    return new ImageNotes(
        origins,
        layers,
        unpacked.isNumber() ? Optional.of(unpacked.longValue()) : Optional.empty());
  }

  /** By rename, so that a reader sees all of it. */
  void write(Path file) throws IOException {
    var json = JSON.createObjectNode();
    var list = json.putArray("origins");
    for (var origin : origins) {
      var each = list.addObject().put("name", origin.name());
      origin.digest().ifPresent(digest -> each.put("digest", digest));
    }
    var steps = json.putArray("layers");
    for (var layer : layers) {
      steps
          .addObject()
          .put("digest", layer.digest())
          .put("size", layer.size())
          .put("command", layer.command());
    }
    unpacked.ifPresent(bytes -> json.put("unpacked", bytes));
    var part = Files.createTempFile(file.toAbsolutePath().getParent(), "notes-", ".part");
    try {
      Files.write(part, JSON.writeValueAsBytes(json));
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** The origin comes first, in place of an older one of that name. */
  ImageNotes with(Origin origin) {
    var all = new ArrayList<>(List.of(origin));
    origins.stream().filter(each -> !each.name().equals(origin.name())).forEach(all::add);
    return new ImageNotes(all, layers, unpacked);
  }

  ImageNotes without(String name) {
    return new ImageNotes(
        origins.stream().filter(each -> !each.name().equals(name)).toList(), layers, unpacked);
  }

  ImageNotes withLayers(List<Layer> made) {
    return new ImageNotes(origins, made, unpacked);
  }

  ImageNotes withUnpacked(long bytes) {
    return new ImageNotes(origins, layers, Optional.of(bytes));
  }
}
