package org.golempipeline.image;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.diagnostic.Source;

/**
 * The file {@code pipeline.yaml.lock}, made for version control: what each tag meant when it was
 * first asked for. Keys that are not understood are kept.
 */
final class LockFile {
  private static final int VERSION = 1;
  private static final Pattern SHA3 = Pattern.compile("[0-9a-f]{56}");
  private static final Pattern URL = Pattern.compile("https?://\\S+", Pattern.CASE_INSENSITIVE);
  private static final Pattern CONFLICT = Pattern.compile("(?m)^(<{7}|={7}|>{7})");
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path file;
  private final ObjectNode content;
  private final SortedMap<String, Image> images;

  private LockFile(Path file, ObjectNode content, SortedMap<String, Image> images) {
    this.file = file;
    this.content = content;
    this.images = images;
  }

  /** A lock file that makes no sense. */
  static final class BrokenException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Diagnostic diagnostic;

    BrokenException(Source source, Range range, String problem) {
      super(problem);
      this.diagnostic =
          Diagnostic.error(
              ImageDiagnosticIds.LOCK_BROKEN,
              source,
              range,
              "`%s` is not a lock file as golem-pipeline writes it: %s."
                  .formatted(source.name(), problem),
              "Take it back from version control; or delete it, then the next run with"
                  + " `--on golem` writes what the tags mean by then.");
    }

    Diagnostic diagnostic() {
      return diagnostic;
    }
  }

  /**
   * Reads the file, which need not exist.
   *
   * @param name of the file, for people
   */
  static LockFile read(Path file, String name) throws IOException, BrokenException {
    String text;
    try {
      text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return new LockFile(file, JSON.createObjectNode(), new TreeMap<>());
    }
    var source = new Source(name, text);
    JsonNode tree;
    try {
      tree = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      var conflict = CONFLICT.matcher(text);
      if (conflict.find()) {
        var line = (int) text.substring(0, conflict.start()).lines().count() + 1;
        throw new BrokenException(
            source, new Range(line, 1, line, 8), "it has the marks of a merge conflict");
      }
      throw new BrokenException(source, range(e.getLocation()), "it is not JSON");
    }
    if (!(tree instanceof ObjectNode content)) {
      throw new BrokenException(source, Range.START, "it is empty or no map");
    }
    var version = content.path("version");
    if (!version.isInt() || version.intValue() != VERSION) {
      throw new BrokenException(
          source,
          Range.START,
          version.isInt() && version.intValue() > VERSION
              ? "its version is %s, of a newer golem-pipeline".formatted(version)
              : "its `version` must be %d".formatted(VERSION));
    }
    return new LockFile(file, content, images(content.path("images"), source));
  }

  private static SortedMap<String, Image> images(JsonNode node, Source source)
      throws BrokenException {
    var images = new TreeMap<String, Image>();
    if (!node.isObject() && !node.isMissingNode()) {
      throw new BrokenException(source, Range.START, "its `images` must be a map");
    }
    for (var entry : node.properties()) {
      var sha3 = entry.getValue().path("sha3").asText();
      var url = entry.getValue().path("url").asText();
      if (!SHA3.matcher(sha3).matches() || !URL.matcher(url).matches()) {
        throw new BrokenException(
            source,
            lineWith(entry.getKey(), source),
            "`%s` needs a `sha3` of 56 hexadecimal digits and a `url`".formatted(entry.getKey()));
      }
      images.put(entry.getKey(), new Image(sha3, url));
    }
    return images;
  }

  private static Range range(JsonLocation at) {
    var line = Math.max(1, at.getLineNr());
    var column = Math.max(1, at.getColumnNr());
    return new Range(line, column, line, column + 1);
  }

  private static Range lineWith(String key, Source source) {
    var quoted = "\"" + key + "\"";
    var at = source.text().indexOf(quoted);
    if (at < 0) {
      return Range.START;
    }
    var begin = source.text().lastIndexOf('\n', at) + 1;
    var line = (int) source.text().substring(0, begin).lines().count() + 1;
    var column = at - begin + 1;
    return new Range(line, column, line, column + quoted.length());
  }

  /** What is locked, by tag. */
  Map<String, Image> images() {
    return Collections.unmodifiableMap(images);
  }

  /** Makes {@code now} all that is locked; a file that says so already is not touched. */
  void write(SortedMap<String, Image> now) throws IOException {
    if (now.equals(images)) {
      return;
    }
    var next = JSON.createObjectNode();
    next.put("version", VERSION);
    next.set("images", JSON.createObjectNode());
    content.properties().forEach(each -> next.set(each.getKey(), each.getValue()));
    var entries = next.putObject("images");
    now.forEach(
        (tag, image) -> entries.putObject(tag).put("sha3", image.sha3()).put("url", image.url()));
    replace(JSON.writer(printer()).writeValueAsString(next) + "\n");
  }

  private static DefaultPrettyPrinter printer() {
    var lines = new DefaultIndenter("  ", "\n");
    var printer =
        new DefaultPrettyPrinter(
            Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER));
    printer.indentObjectsWith(lines);
    printer.indentArraysWith(lines);
    return printer;
  }

  private void replace(String text) throws IOException {
    var beside = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
    try {
      try (var channel =
          FileChannel.open(beside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(beside);
    }
  }
}
