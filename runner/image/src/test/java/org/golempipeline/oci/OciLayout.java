package org.golempipeline.oci;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.golempipeline.gvmi.Tar;

/** Writes an OCI layout, layer by layer, the lowest first. */
final class OciLayout {
  static final String CONFIGURATION =
      """
      {"Env":["PATH=/bin","A=b"],"Cmd":["sh"],"Volumes":{"/golem/work":{}},"WorkingDir":"/home"}
      """;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final List<ObjectNode> layers = new ArrayList<>();
  private final List<String> plain = new ArrayList<>();
  private final List<ObjectNode> manifests = new ArrayList<>();

  OciLayout(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder.resolve("blobs/sha256")).getParent().getParent();
    Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
  }

  OciLayout layer(Tar tar) throws IOException {
    return layer(tar, "");
  }

  /** Compressed by {@code gzip}, {@code zstd} or nothing. */
  OciLayout layer(Tar tar, String compression) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        switch (compression) {
          case "gzip" -> new GZIPOutputStream(bytes);
          case "zstd" -> new ZstdOutputStream(bytes);
          default -> bytes;
        }) {
      out.write(tar.bytes());
    }
    plain.add(Digests.of(new ByteArrayInputStream(tar.bytes())));
    var type = "application/vnd.oci.image.layer.v1.tar";
    layers.add(blob(bytes.toByteArray(), compression.isEmpty() ? type : type + "+" + compression));
    return this;
  }

  /** An image of the layers so far. */
  OciLayout image(String architecture, String configuration) throws IOException {
    var config = JSON.createObjectNode().put("architecture", architecture).put("os", "linux");
    config.set("config", JSON.readTree(configuration));
    plain.forEach(config.putObject("rootfs").put("type", "layers").putArray("diff_ids")::add);
    var history = config.putArray("history");
    plain.forEach(each -> history.addObject().put("created_by", "RUN " + history.size()));
    history.addObject().put("created_by", "ENV A=b").put("empty_layer", true);
    var manifest =
        JSON.createObjectNode()
            .put("schemaVersion", 2)
            .put("mediaType", "application/vnd.oci.image.manifest.v1+json");
    manifest.set(
        "config", blob(JSON.writeValueAsBytes(config), "application/vnd.oci.image.config.v1+json"));
    manifest.putArray("layers").addAll(layers);
    var listed =
        blob(JSON.writeValueAsBytes(manifest), "application/vnd.oci.image.manifest.v1+json");
    listed.putObject("platform").put("os", "linux").put("architecture", architecture);
    listed.putObject("annotations").put("org.opencontainers.image.ref.name", architecture);
    manifests.add(listed);
    layers.clear();
    plain.clear();
    return this;
  }

  Path write() throws IOException {
    if (manifests.isEmpty()) {
      image("amd64", CONFIGURATION);
    }
    var index = JSON.createObjectNode().put("schemaVersion", 2);
    index.putArray("manifests").addAll(manifests);
    Files.write(folder.resolve("index.json"), JSON.writeValueAsBytes(index));
    return folder;
  }

  private ObjectNode blob(byte[] bytes, String type) throws IOException {
    var digest = Digests.of(new ByteArrayInputStream(bytes));
    Files.write(folder.resolve("blobs/sha256").resolve(digest.substring(7)), bytes);
    return JSON.createObjectNode()
        .put("mediaType", type)
        .put("digest", digest)
        .put("size", bytes.length);
  }
}
