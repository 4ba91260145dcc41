package org.golempipeline.oci;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.apache.commons.io.input.BoundedInputStream;
import org.golempipeline.gvmi.GvmiFile;
import org.golempipeline.gvmi.ImageConfiguration;
import org.golempipeline.gvmi.ImageException;
import org.golempipeline.gvmi.NotAnImageException;
import org.golempipeline.plainfile.PlainFile;
import org.jspecify.annotations.Nullable;

/** Container images in files: OCI layouts, what {@code docker save} writes, file systems. */
final class Archives {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
  private static final int LINKS = 40;
  private static final int NESTED = 4;
  private static final int LARGEST_JSON = 16 << 20;
  private static final ImageConfiguration NOTHING =
      new ImageConfiguration(
          List.of(), Optional.empty(), List.of(), Optional.empty(), List.of(), List.of());

  private final Path source;
  private final Map<String, Layer> files;

  /** The files of {@code source} by their names. */
  private Archives(Path source, Map<String, Layer> files) {
    this.source = source;
    this.files = files;
  }

  /** An OCI layout. */
  static ContainerImage ofFolder(Path folder) throws IOException, ImageException {
    var files = new HashMap<String, Layer>();
    try (var walk = Files.walk(folder)) {
      walk.filter(Files::isRegularFile)
          .forEach(
              each -> files.put(folder.relativize(each).toString(), () -> PlainFile.stream(each)));
    }
    return new Archives(folder, files).layout();
  }

  /**
   * A tar of any kind.
   *
   * @param scratch where a compressed one is decompressed, up to {@code largest} bytes
   */
  static ContainerImage ofTar(Path source, Path scratch, long largest)
      throws IOException, ImageException {
    requireNotMade(source);
    var tar = decompressed(source, scratch, largest);
    var files = index(source, tar);
    var archive = new Archives(source, files);
    if (files.containsKey("manifest.json")) {
      return archive.saved();
    }
    if (files.containsKey("oci-layout")) {
      return archive.layout();
    }
    return new ContainerImage(List.of(() -> PlainFile.stream(tar)), List.of(), NOTHING);
  }

  private static void requireNotMade(Path source) throws IOException, ImageException {
    try {
      GvmiFile.configuration(source);
    } catch (NotAnImageException e) {
      return;
    }
    throw new ImageException(
        "`%s` is a VM image already, and nothing is to be made of it.".formatted(source),
        "Name it in the pipeline: `image: ./%s`.".formatted(source.getFileName()));
  }

  private static Path decompressed(Path source, Path scratch, long largest)
      throws IOException, ImageException {
    try (var stored = PlainFile.stream(source);
        var plain = Layer.unpacked(stored)) {
      if (plain instanceof BufferedInputStream) {
        return source;
      }
      var tar = scratch.resolve("source.tar");
      try (var target = Files.newOutputStream(tar)) {
        var buffer = new byte[1 << 16];
        var size = 0L;
        for (var count = plain.read(buffer); count >= 0; count = plain.read(buffer)) {
          size += count;
          if (size > largest) {
            throw Flattener.tooLarge(largest);
          }
          write(target, buffer, count);
        }
      }
      return tar;
    } catch (IOException e) {
      throw broken(source, e);
    }
  }

  /** It is not the source that is to blame if this fails. */
  private static void write(OutputStream target, byte[] bytes, int count) throws ImageException {
    try {
      target.write(bytes, 0, count);
    } catch (IOException e) {
      throw new ImageException(
          "Could not unpack the layers: %s.".formatted(reason(e)),
          "Make room where images are kept, as `golem-pipeline image list` shows with `--json`.",
          e);
    }
  }

  private static Map<String, Layer> index(Path source, Path tar)
      throws IOException, ImageException {
    var entries = new HashMap<String, TarArchiveEntry>();
    try (var opened = new TarFile(tar)) {
      opened.getEntries().forEach(entry -> entries.put(plain(entry.getName()), entry));
    } catch (IOException | IllegalArgumentException e) {
      throw broken(source, e);
    }
    if (entries.isEmpty()) {
      throw broken(source, "it is no tar, or an empty one");
    }
    var files = new HashMap<String, Layer>();
    for (var name : entries.keySet()) {
      var entry = behindLinks(name, entries);
      if (entry != null && entry.isFile() && !entry.isSparse()) {
        files.put(name, () -> part(tar, entry.getDataOffset(), entry.getSize()));
      }
    }
    return files;
  }

  /** Older engines save a layer that occurs twice as a link. */
  private static @Nullable TarArchiveEntry behindLinks(
      String name, Map<String, TarArchiveEntry> entries) {
    var entry = entries.get(name);
    for (var links = 0; entry != null && (entry.isSymbolicLink() || entry.isLink()); links++) {
      if (links == LINKS) {
        return null;
      }
      var target =
          entry.isLink()
              ? Path.of(entry.getLinkName())
              : Path.of(plain(entry.getName())).resolveSibling(entry.getLinkName());
      entry = entries.get(plain(target.normalize().toString()));
    }
    return entry;
  }

  private static InputStream part(Path file, long offset, long size) throws IOException {
    var channel = PlainFile.open(file).position(offset);
    return BoundedInputStream.builder()
        .setInputStream(Channels.newInputStream(channel))
        .setMaxCount(size)
        .get();
  }

  private static String plain(String name) {
    return name.replaceFirst("^(\\./+|/+)+", "");
  }

  // ---- docker save

  private ContainerImage saved() throws IOException, ImageException {
    var images = json("manifest.json", file("manifest.json"));
    if (!images.isArray()) {
      throw broken(source, "its `manifest.json` is no list of images");
    }
    if (images.size() != 1) {
      throw new ImageException(
          "`%s` holds %d images.".formatted(source, images.size()),
          "Save one alone: `docker save -o image.tar NAME`.");
    }
    var image = images.get(0);
    var layers = new ArrayList<Layer>();
    for (var name : image.path("Layers")) {
      layers.add(file(plain(name.asText())));
    }
    var name = plain(image.path("Config").asText());
    var configuration = object(json(name, file(name)), name);
    requireDigests(layers, configuration.path("rootfs").path("diff_ids"));
    return ContainerImage.of(source.toString(), layers, configuration);
  }

  /** Nothing else in such an archive says what a layer has to be. */
  private void requireDigests(List<Layer> layers, JsonNode digests)
      throws IOException, ImageException {
    for (var i = 0; i < layers.size() && digests.size() == layers.size(); i++) {
      try (var content = layers.get(i).open()) {
        if (!Digests.of(content).equals(digests.get(i).asText())) {
          throw broken(source, "its layer %d has another digest".formatted(i + 1));
        }
      } catch (IOException e) {
        throw broken(source, e);
      }
    }
  }

  // ---- OCI

  private ContainerImage layout() throws IOException, ImageException {
    var manifest = chosen(json("index.json", file("index.json")), 0);
    var layers = new ArrayList<Layer>();
    for (var layer : manifest.path("layers")) {
      layers.add(blob(layer.path("digest").asText()));
    }
    var configuration = manifest.path("config").path("digest").asText();
    return ContainerImage.of(source.toString(), layers, object(configuration));
  }

  private JsonNode chosen(JsonNode index, int depth) throws IOException, ImageException {
    var manifests = index.path("manifests");
    var fitting = new ArrayList<JsonNode>();
    for (var each : manifests) {
      var platform = each.path("platform");
      // What signs or describes an image is listed beside it, for a platform `unknown`.
      if (platform.isMissingNode()
          || platform.path("os").asText().equals(ContainerImage.OS)
              && platform.path("architecture").asText().equals(ContainerImage.ARCHITECTURE)) {
        fitting.add(each);
      }
    }
    if (fitting.isEmpty() && !manifests.isEmpty()) {
      throw ContainerImage.wrongMachine(source.toString(), "is for other machines");
    }
    if (fitting.size() != 1 || depth > NESTED) {
      throw new ImageException(
          "`%s` holds %d images.".formatted(source, fitting.size()),
          "Give a layout with one image: `skopeo copy oci:FOLDER:TAG oci:OTHER`.");
    }
    var found = object(fitting.get(0).path("digest").asText());
    return found.has("manifests") ? chosen(found, depth + 1) : found;
  }

  /** What a blob says. */
  private JsonNode object(String digest) throws IOException, ImageException {
    return object(json(digest, blob(digest)), digest);
  }

  private Layer blob(String digest) throws IOException, ImageException {
    if (!DIGEST.matcher(digest).matches()) {
      throw broken(source, "it names a blob `" + digest + "`");
    }
    var blob = file("blobs/sha256/" + digest.substring("sha256:".length()));
    try (var content = blob.stored()) {
      if (!Digests.of(content).equals(digest)) {
        throw broken(source, "the blob " + digest + " has another digest");
      }
    }
    return blob;
  }

  private JsonNode json(String name, Layer file) throws IOException, ImageException {
    try (var content = file.stored()) {
      return JSON.readTree(content.readNBytes(LARGEST_JSON));
    } catch (JsonProcessingException e) {
      throw broken(source, "`" + name + "` is not JSON");
    }
  }

  private JsonNode object(JsonNode json, String name) throws ImageException {
    if (!json.isObject()) {
      throw broken(source, "`" + name + "` says nothing of an image");
    }
    return json;
  }

  private Layer file(String name) throws ImageException {
    var file = files.get(name);
    if (name.isEmpty()) {
      throw broken(source, "it does not say what belongs to the image");
    }
    if (file == null) {
      throw broken(source, "there is no `" + name + "` in it");
    }
    return file;
  }

  /** As a clause. */
  static String reason(Throwable e) {
    return String.valueOf(e.getMessage()).replaceFirst("\\.$", "");
  }

  private static ImageException broken(Path source, Exception e) {
    return broken(source, reason(e));
  }

  private static ImageException broken(Path source, String why) {
    return new ImageException(
        "No image can be read from `%s`: %s.".formatted(source, why),
        "Give what `docker save` writes, an OCI layout, or a tar of a root file system, plain or"
            + " compressed by gzip or zstd.");
  }
}
