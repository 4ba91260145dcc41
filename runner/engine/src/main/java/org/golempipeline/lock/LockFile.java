package org.golempipeline.lock;

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
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.diagnostic.Range;
import org.golempipeline.diagnostic.Source;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.plainfile.PlainFile;
import org.golempipeline.plainfile.WholeFile;

/**
 * The file {@code pipeline.yaml.lock}, made for version control: what each image tag meant when it
 * was first asked for, what images were made of, and which plugins the pipeline was given. Keys
 * that are not understood are kept.
 */
public final class LockFile {
  private static final int VERSION = 1;
  private static final String STANDARD_INPUT = "-";
  private static final List<String> SECTIONS = List.of("images", "builds", "plugins");
  private static final Pattern SHA3 = Pattern.compile("[0-9a-f]{56}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
  private static final Pattern URL = Pattern.compile("https?://\\S+", Pattern.CASE_INSENSITIVE);
  private static final Pattern CONFLICT = Pattern.compile("(?m)^(<{7}|={7}|>{7})");
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path file;
  private final Source source;
  private final ObjectNode content;
  private final SortedMap<String, LockedImage> images;
  private final SortedMap<String, LockedBuild> builds;
  private final SortedMap<String, LockedPlugin> plugins;

  private LockFile(Path file, Source source, ObjectNode content) throws BrokenException {
    this.file = file;
    this.source = source;
    this.content = content;
    this.images = section("images", LockFile::image);
    this.builds = section("builds", LockFile::build);
    this.plugins = section("plugins", LockFile::plugin);
  }

  /**
   * What the lock file of a pipeline is called, which lies beside its file.
   *
   * @param file as the user called it; standard input has the lock file of a file named {@code
   *     pipeline}
   */
  public static String name(String file, String pipeline) {
    return (file.equals(STANDARD_INPUT) ? pipeline + ".yaml" : file) + ".lock";
  }

  /** A lock file that makes no sense. */
  private static final class BrokenException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Diagnostic diagnostic;

    BrokenException(Source source, Range range, String problem) {
      super(problem);
      this.diagnostic =
          Diagnostic.error(
              LockDiagnosticIds.LOCK_BROKEN,
              source,
              range,
              "`%s` is not a lock file as golem-pipeline writes it: %s."
                  .formatted(source.name(), problem),
              "Take it back from version control; or delete it, then the next run with"
                  + " `--on golem` writes what the tags mean by then, and `golem-pipeline plugins"
                  + " pin` what the plugins are.");
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
  public static Checked<LockFile> read(Path file, String name) {
    try {
      return Checked.of(parse(file, name));
    } catch (BrokenException e) {
      return new Checked<>(null, List.of(e.diagnostic()));
    } catch (IOException e) {
      var unreadable =
          Diagnostic.error(
              LockDiagnosticIds.LOCK_BROKEN,
              new Source(name, ""),
              Range.START,
              "Could not read `%s`: %s.".formatted(name, Trouble.reason(e)),
              "Check its permissions.");
      return new Checked<>(null, List.of(unreadable));
    }
  }

  private static LockFile parse(Path file, String name) throws IOException, BrokenException {
    String text;
    try {
      text = new String(PlainFile.bytes(file), StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return new LockFile(file, new Source(name, ""), JSON.createObjectNode());
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
    return new LockFile(file, source, content);
  }

  /** Understands what one key of a section has. */
  private interface Entry<T> {
    T read(String key, JsonNode value, Source source) throws BrokenException;
  }

  private <T> SortedMap<String, T> section(String name, Entry<T> kind) throws BrokenException {
    var node = content.path(name);
    if (!node.isObject() && !node.isMissingNode()) {
      throw new BrokenException(source, Range.START, "its `%s` must be a map".formatted(name));
    }
    var entries = new TreeMap<String, T>();
    for (var entry : node.properties()) {
      entries.put(entry.getKey(), kind.read(entry.getKey(), entry.getValue(), source));
    }
    return entries;
  }

  private static BrokenException broken(String key, Source source, String problem) {
    return new BrokenException(source, lineWith(key, source), problem.formatted(key));
  }

  private static LockedImage image(String key, JsonNode value, Source source)
      throws BrokenException {
    var sha3 = value.path("sha3").asText();
    var url = value.path("url").asText();
    if (!SHA3.matcher(sha3).matches() || !URL.matcher(url).matches()) {
      throw broken(key, source, "`%s` needs a `sha3` of 56 hexadecimal digits and a `url`");
    }
    return new LockedImage(sha3, url);
  }

  private static LockedBuild build(String key, JsonNode value, Source source)
      throws BrokenException {
    var digest = value.path("digest").asText();
    var sha3 = value.path("sha3").asText();
    if (!DIGEST.matcher(digest).matches() || !SHA3.matcher(sha3).matches()) {
      throw broken(
          key,
          source,
          "`%s` needs a `digest` of `sha256:` and 64 hexadecimal digits and a `sha3` of 56");
    }
    return new LockedBuild(digest, sha3);
  }

  private static LockedPlugin plugin(String key, JsonNode value, Source source)
      throws BrokenException {
    var path = value.path("path").asText();
    var maven = MavenCoordinates.parse(value.path("maven").asText()).orElse(null);
    var sha256 = value.path("sha256").asText();
    if (path.isEmpty() == (maven == null)
        || path.indexOf('\0') >= 0
        || !SHA256.matcher(sha256).matches()) {
      throw broken(
          key,
          source,
          "`%s` needs a `path`, or `maven` with group, artifact and version, and a `sha256` of 64 hexadecimal digits");
    }
    var libraries = libraries(key, value.path("libraries"), source);
    if (maven == null && !libraries.isEmpty()) {
      throw broken(key, source, "`%s` has `libraries`, which only a plugin with `maven` has");
    }
    var version = value.path("version").asText();
    return new LockedPlugin(version, path.isEmpty() ? null : path, maven, sha256, libraries);
  }

  private static List<LockedLibrary> libraries(String plugin, JsonNode node, Source source)
      throws BrokenException {
    if (!node.isObject() && !node.isMissingNode()) {
      throw broken(plugin, source, "the `libraries` of `%s` must be a map");
    }
    var libraries = new ArrayList<LockedLibrary>();
    for (var entry : node.properties()) {
      var maven = MavenCoordinates.parse(entry.getKey()).orElse(null);
      var sha256 = entry.getValue().asText();
      if (maven == null || !SHA256.matcher(sha256).matches()) {
        throw broken(
            entry.getKey(),
            source,
            "the library `%s` needs group, artifact and version as its name and a SHA-256 of 64 hexadecimal digits");
      }
      libraries.add(new LockedLibrary(maven, sha256));
    }
    return libraries;
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

  /** Its text, for messages. */
  public Source source() {
    return source;
  }

  /** Where an image or a plugin of that name stands in the text. */
  public Range rangeOf(String name) {
    return lineWith(name, source);
  }

  /** What image tags mean, by tag. */
  public Map<String, LockedImage> images() {
    return Collections.unmodifiableMap(images);
  }

  /** The images that were made, by what the file says they are made of. */
  public Map<String, LockedBuild> builds() {
    return Collections.unmodifiableMap(builds);
  }

  /** The plugins that were pinned, by name. */
  public Map<String, LockedPlugin> plugins() {
    return Collections.unmodifiableMap(plugins);
  }

  /** Makes these all images that are locked; a file that says so already is not touched. */
  public void writeImages(SortedMap<String, LockedImage> tags, SortedMap<String, LockedBuild> made)
      throws IOException {
    if (tags.equals(images) && made.equals(builds)) {
      return;
    }
    var locked = JSON.createObjectNode();
    tags.forEach(
        (tag, image) -> locked.putObject(tag).put("sha3", image.sha3()).put("url", image.url()));
    var built = JSON.createObjectNode();
    made.forEach(
        (of, build) -> built.putObject(of).put("digest", build.digest()).put("sha3", build.sha3()));
    write(Map.of("images", locked, "builds", built));
  }

  /** Makes {@code now} all plugins that are pinned; a file that says so already is not touched. */
  public void writePlugins(SortedMap<String, LockedPlugin> now) throws IOException {
    if (now.equals(plugins)) {
      return;
    }
    var entries = JSON.createObjectNode();
    now.forEach(
        (name, plugin) -> {
          var entry = entries.putObject(name).put("version", plugin.version());
          if (plugin.maven() == null) {
            entry.put("path", plugin.path());
          } else {
            entry.put("maven", plugin.maven().toString());
          }
          entry.put("sha256", plugin.sha256());
          if (!plugin.libraries().isEmpty()) {
            var libraries = entry.putObject("libraries");
            plugin
                .libraries()
                .forEach(each -> libraries.put(each.maven().toString(), each.sha256()));
          }
        });
    write(Map.of("plugins", entries));
  }

  /** A section that holds nothing now and never did stays away. */
  private void write(Map<String, ObjectNode> changed) throws IOException {
    var next = JSON.createObjectNode();
    next.put("version", VERSION);
    for (var each : SECTIONS) {
      var entries = changed.get(each);
      if (entries == null ? content.has(each) : content.has(each) || !entries.isEmpty()) {
        next.set(each, entries == null ? content.get(each) : entries);
      }
    }
    content.properties().forEach(each -> next.putIfAbsent(each.getKey(), each.getValue()));
    WholeFile.write(file, JSON.writer(printer()).writeValueAsString(next) + "\n");
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
}
