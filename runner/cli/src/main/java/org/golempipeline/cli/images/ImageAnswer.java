package org.golempipeline.cli.images;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import org.golempipeline.gvmi.ImageConfiguration;
import org.golempipeline.gvmi.StoredImage;
import org.golempipeline.report.TerminalText;
import org.golempipeline.report.Words;
import org.jspecify.annotations.Nullable;

/**
 * What {@code image} answers about one image.
 *
 * @param image as it was called
 * @param kind tag, hash, url, file, build or oci
 * @param sha3 its SHA3-224 in hex, null if nobody knows
 * @param url where providers fetch it; null for a file of this machine, which a run serves itself
 * @param size in bytes, null if nobody says
 * @param inside what is in it, null if nobody has seen it
 * @param locked whether that stands in the lock file of a pipeline
 * @param now the SHA3-224 of what the registry has under a locked tag now, if it is another image
 * @param lack why it cannot be used, null if it can
 * @param unknown what cannot be told
 */
public record ImageAnswer(
    String image,
    String kind,
    @Nullable String sha3,
    @Nullable String url,
    @Nullable Long size,
    @Nullable Inside inside,
    boolean locked,
    @Nullable String now,
    @Nullable Lack lack,
    List<String> unknown) {
  static final String FILE = "file";

  /**
   * Why an image cannot be used.
   *
   * @param trouble as a sentence
   * @param hint the cure of that
   * @param unanswered whether that is so because nobody answers
   */
  record Lack(String trouble, @Nullable String hint, boolean unanswered) {}

  /**
   * What is in an image that this machine has.
   *
   * @param stored in this machine's store; null for a file that is elsewhere
   * @param programs the names of programs along its PATH, null if it was not unpacked
   */
  record Inside(
      ImageConfiguration configuration,
      @Nullable StoredImage stored,
      @Nullable Collection<String> programs) {
    List<StoredImage.Layer> layers() {
      return stored == null ? List.of() : stored.layers();
    }

    /** What it was made of, or where it came from. */
    List<String> origins() {
      return stored == null
          ? List.of()
          : stored.origins().stream().map(StoredImage.Origin::name).toList();
    }

    /** Bytes of its file system, null if that was not unpacked. */
    @Nullable Long unpacked() {
      return stored == null ? null : stored.unpacked().orElse(null);
    }

    /** Providers take it in their own way. */
    private @Nullable String user() {
      return configuration
          .userOfProviders()
          .map(numbers -> numbers + " on providers, root on this machine")
          .or(() -> configuration.user().map("root; `%s` is not two numbers"::formatted))
          .orElse(null);
    }
  }

  private static final int LONGEST_COMMAND = 80;
  private static final String SERVED = "none; this machine serves the file while a run lasts";

  public static final String LOOK =
      "Look for images and their tags at https://registry.golem.network, or give `{url, hash}`.";

  /** {@code text} with the full stop that others leave out. */
  public static String sentence(String text) {
    var stripped = text.strip();
    return stripped.endsWith(".") ? stripped : stripped + ".";
  }

  /** For people, but for the trouble; empty if nothing is known. */
  String text() {
    if (sha3 == null) {
      return "";
    }
    var lines = new StringBuilder();
    line(lines, kind, image);
    line(lines, "sha3", sha3);
    line(lines, "url", url == null && kind.equals(FILE) && lack == null ? SERVED : url);
    line(lines, "size", size == null ? null : Words.size(size) + ", " + Words.count(size, "byte"));
    if (inside != null) {
      line(lines, "unpacked", inside.unpacked() == null ? null : Words.size(inside.unpacked()));
      line(
          lines,
          "volumes",
          inside.configuration.volumes().isEmpty()
              ? "none; providers with an old runtime need one: `VOLUME /golem/work`"
              : String.join(", ", inside.configuration.volumes()));
      inside.configuration.env().forEach(each -> line(lines, "env", each));
      line(lines, "user", inside.user());
      inside.layers().forEach(each -> line(lines, "layer", text(each)));
      inside.origins().forEach(each -> line(lines, "origin", each));
      if (inside.programs() != null) {
        line(lines, "programs", String.join(" ", inside.programs()));
      }
    }
    if (locked) {
      line(lines, "locked", "yes: runs use this whatever the tag means");
    }
    line(lines, "now", now == null ? null : "the registry has another image, " + now);
    unknown.forEach(each -> line(lines, "unknown", each));
    return lines.toString();
  }

  private static String text(StoredImage.Layer layer) {
    return "%s %s %s"
        .formatted(
            Words.beginning(layer.digest().replaceFirst("^sha256:", ""), StoredImages.SHOWN),
            Words.size(layer.size()),
            Words.beginning(layer.command(), LONGEST_COMMAND))
        .strip();
  }

  private static void line(StringBuilder lines, String name, @Nullable String value) {
    if (value != null) {
      lines.append("%-8s %s\n".formatted(name, TerminalText.safe(value)));
    }
  }

  /** For tools: an object without a line end. Fields are only ever added. */
  String json() {
    var json =
        JsonNodeFactory.instance
            .objectNode()
            .put("image", image)
            .put("kind", kind)
            .put("sha3", sha3)
            .put("url", url)
            .put("size", size);
    put(json, "volumes", inside == null ? null : inside.configuration.volumes());
    json.put("locked", locked)
        .put("now", now)
        .put("trouble", lack == null ? null : lack.trouble)
        .put("hint", lack == null ? null : lack.hint);
    put(json, "unknown", unknown);
    put(json, "env", inside == null ? null : inside.configuration.env());
    put(json, "origins", inside == null ? null : inside.origins());
    json.put("unpacked", inside == null ? null : inside.unpacked());
    put(json, "programs", inside == null ? null : inside.programs());
    json.put("user", inside == null ? null : inside.configuration.user().orElse(null));
    var layers = json.putArray("layers");
    for (var layer : inside == null ? List.<StoredImage.Layer>of() : inside.layers()) {
      layers
          .addObject()
          .put("digest", layer.digest())
          .put("size", layer.size())
          .put("command", layer.command());
    }
    return json.toString();
  }

  private static void put(ObjectNode json, String name, @Nullable Collection<String> texts) {
    if (texts == null) {
      json.putNull(name);
    } else {
      texts.forEach(json.putArray(name)::add);
    }
  }
}
