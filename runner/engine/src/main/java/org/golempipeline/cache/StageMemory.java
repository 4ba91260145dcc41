package org.golempipeline.cache;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.golempipeline.event.RunEvent;
import org.golempipeline.plainfile.PlainFile;
import org.golempipeline.plainfile.WholeFile;
import org.golempipeline.spec.JsonText;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * What a stage's results depended on in one run, so that the next can say why it does not reuse
 * them. Says nothing about secrets.
 *
 * @param parts a digest for each of {@code run}, {@code setup}, {@code image}, {@code out}, {@code
 *     split}, {@code accept}
 * @param params that it exported, with their values or digests of them
 * @param values of earlier stages, likewise
 * @param files that every provider got, with digests
 * @param inputs with digests of what its fragments read of them
 * @param more whether there were more inputs; the first ones in order are here
 * @param failed fragments that failed, and that the result was made without
 */
public record StageMemory(
    SortedMap<String, String> parts,
    SortedMap<String, String> params,
    SortedMap<String, String> values,
    SortedMap<String, String> files,
    SortedMap<String, String> inputs,
    boolean more,
    int failed) {
  static final int MOST_INPUTS = 10_000;

  private static final int VERSION = 1;
  private static final int MOST_NAMED = 3;
  private static final int SHORT = 40;
  private static final String HASHED = "sha256:";
  private static final List<String> PARTS =
      List.of("run", "setup", "image", "out", "split", "accept");

  public StageMemory {
    parts = copy(parts);
    params = copy(params);
    values = copy(values);
    files = copy(files);
    inputs = copy(inputs);
  }

  private static SortedMap<String, String> copy(Map<String, String> map) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(map));
  }

  /**
   * Why results of {@code before} are not those of {@code now}, in the words of the report: at most
   * three reasons, and how many there are beside. Empty if nothing changed that may be told: then
   * the results are gone, or there never were any, or a secret is another.
   */
  public static List<String> reasons(Optional<StageMemory> before, StageMemory now) {
    if (before.isEmpty()) {
      return List.of(RunEvent.StageReused.FIRST_RUN);
    }
    var all = now.differences(before.get());
    if (all.size() <= MOST_NAMED) {
      return all;
    }
    var some = new ArrayList<>(all.subList(0, MOST_NAMED));
    some.add("%d more".formatted(all.size() - MOST_NAMED));
    return some;
  }

  /** The same, if inputs of these names are still to come, whose content nobody knows. */
  public StageMemory awaiting(Iterable<String> names) {
    var all = new TreeMap<>(inputs);
    var cut = more;
    for (var name : names) {
      all.putIfAbsent(name, "");
      if (all.size() > MOST_INPUTS) {
        all.pollLastEntry();
        cut = true;
      }
    }
    return new StageMemory(parts, params, values, files, all, cut, failed);
  }

  /** The same of a run in which so many fragments failed for good. */
  public StageMemory without(int fragments) {
    return new StageMemory(parts, params, values, files, inputs, more, fragments);
  }

  private List<String> differences(StageMemory before) {
    var all = new ArrayList<String>();
    for (var part : PARTS) {
      if (!parts.getOrDefault(part, "").equals(before.parts.getOrDefault(part, ""))) {
        all.add(part + " changed");
      }
    }
    addValues(all, "param ", before.params, params);
    addValues(all, "value ", before.values, values);
    addFiles(all, "files/", before.files, files, true);
    if (all.isEmpty() && before.failed > 0) {
      // What is computed anew does not care whether it failed.
      all.add(before.failed + " failed in the last run");
    }
    if (all.contains("run changed") && (inputs.isEmpty() || before.inputs.isEmpty())) {
      // A command that does not read its input says nothing about the files.
      return all;
    }
    // Another split reads other ranges, which says nothing about the file.
    var sameSplit = !all.contains("split changed");
    var end = end(before);
    addFiles(all, "input ", upTo(end, before.inputs), upTo(end, inputs), sameSplit);
    return all;
  }

  /** The last input that both sides know of; null for no end. */
  private @Nullable String end(StageMemory before) {
    var last = more ? inputs.lastKey() : null;
    var lastBefore = before.more ? before.inputs.lastKey() : null;
    if (last == null || lastBefore == null) {
      return last == null ? lastBefore : last;
    }
    return last.compareTo(lastBefore) < 0 ? last : lastBefore;
  }

  private static SortedMap<String, String> upTo(
      @Nullable String end, SortedMap<String, String> inputs) {
    return end == null ? inputs : inputs.headMap(end + "\0");
  }

  private static void addValues(
      List<String> all, String kind, Map<String, String> before, Map<String, String> now) {
    now.forEach(
        (name, value) -> {
          var was = before.get(name);
          if (was == null) {
            all.add(kind + name + " is new");
          } else if (!was.equals(value)) {
            var shown = !was.startsWith(HASHED) && !value.startsWith(HASHED);
            all.add(kind + name + (shown ? " %s→%s".formatted(was, value) : " changed"));
          }
        });
    addGone(all, kind, before, now);
  }

  private static void addFiles(
      List<String> all,
      String kind,
      Map<String, String> before,
      Map<String, String> now,
      boolean compare) {
    var added = new ArrayList<String>();
    now.forEach(
        (name, digest) -> {
          var was = before.get(name);
          if (was == null) {
            added.add(kind + printable(name) + " is new");
          } else if (compare && !was.equals(digest)) {
            all.add(kind + printable(name) + " changed");
          }
        });
    all.addAll(added);
    addGone(all, kind, before, now);
  }

  private static void addGone(
      List<String> all, String kind, Map<String, String> before, Map<String, String> now) {
    for (var name : before.keySet()) {
      if (!now.containsKey(name)) {
        all.add(kind + printable(name) + " is gone");
      }
    }
  }

  private static String printable(String name) {
    var text = new StringBuilder();
    name.codePoints().forEach(c -> text.appendCodePoint(isPrintable(c) ? c : '?'));
    return text.toString();
  }

  private static boolean isPrintable(int c) {
    return !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT;
  }

  /** What is remembered of a stage; nothing if that cannot be read. */
  public static Optional<StageMemory> read(Path folder, String pipeline, String stage) {
    var file = file(folder, pipeline, stage);
    try {
      var tree = JsonText.parse(new String(PlainFile.bytes(file), StandardCharsets.UTF_8));
      if (tree.path("version").asInt() == VERSION) {
        return Optional.of(
            new StageMemory(
                map(tree, "parts"),
                map(tree, "params"),
                map(tree, "values"),
                map(tree, "files"),
                map(tree, "inputs"),
                tree.path("more").asBoolean() && !tree.path("inputs").isEmpty(),
                tree.path("failed").asInt()));
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      LoggerFactory.getLogger(StageMemory.class).debug("{} is damaged", file, e);
    }
    return Optional.empty();
  }

  private static SortedMap<String, String> map(JsonNode tree, String name) {
    if (!(tree.path(name) instanceof ObjectNode object)) {
      throw new IllegalArgumentException("no map " + name);
    }
    var map = new TreeMap<String, String>();
    object.properties().forEach(each -> map.put(each.getKey(), each.getValue().asText()));
    return map;
  }

  /**
   * Remembers this, in {@code stages/<pipeline>/<stage>.json} below {@code folder}. If that cannot
   * be written it stays as it was.
   */
  public void write(Path folder, String pipeline, String stage) {
    var file = file(folder, pipeline, stage);
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      WholeFile.write(file, JsonText.lines(toJson()));
    } catch (IOException e) {
      LoggerFactory.getLogger(StageMemory.class).debug("{} cannot be written", file, e);
    }
  }

  private ObjectNode toJson() {
    var tree = JsonNodeFactory.instance.objectNode();
    tree.put("version", VERSION);
    put(tree, "parts", parts);
    put(tree, "params", params);
    put(tree, "values", values);
    put(tree, "files", files);
    put(tree, "inputs", inputs);
    return tree.put("more", more).put("failed", failed);
  }

  private static void put(ObjectNode tree, String name, Map<String, String> map) {
    var object = tree.putObject(name);
    map.forEach(object::put);
  }

  private static Path file(Path folder, String pipeline, String stage) {
    return folder.resolve("stages").resolve(pipeline).resolve(stage + ".json");
  }

  /** Gathers a memory. Safe for several threads. */
  static final class Recorder {
    private final SortedMap<String, String> parts = new TreeMap<>();
    private final SortedMap<String, String> params = new TreeMap<>();
    private final SortedMap<String, String> values = new TreeMap<>();
    private final SortedMap<String, String> files = new TreeMap<>();
    private final TreeMap<String, Sum> inputs = new TreeMap<>();
    private boolean more;

    /** The order in which fragments ask for their keys does not count. */
    private static final class Sum {
      private long first;
      private long second;

      void add(Digest digest) {
        first += digest.first();
        second += digest.second();
      }

      @Override
      public String toString() {
        var hex = HexFormat.of();
        return hex.toHexDigits(first) + hex.toHexDigits(second);
      }
    }

    /**
     * @param name one of {@link #PARTS}
     */
    void part(String name, Digest digest) {
      parts.put(name, digest.toString());
    }

    void image(String image) {
      parts.put("image", hashed(image));
    }

    void params(Map<String, String> exported) {
      exported.forEach((name, value) -> params.put(name, shown(value)));
    }

    void values(Map<String, String> exported) {
      exported.forEach((name, value) -> values.put(name, shown(value)));
    }

    void file(String name, Digest digest) {
      files.put(name, digest.toString());
    }

    synchronized void input(String path, long offset, Digest digest) {
      if (more && path.compareTo(inputs.lastKey()) > 0) {
        return;
      }
      inputs
          .computeIfAbsent(path, each -> new Sum())
          .add(new Fields().count("offset", offset).digest("content", digest).end());
      if (inputs.size() > MOST_INPUTS) {
        inputs.pollLastEntry();
        more = true;
      }
    }

    synchronized StageMemory end() {
      var sums = new TreeMap<String, String>();
      inputs.forEach((path, sum) -> sums.put(path, sum.toString()));
      return new StageMemory(parts, params, values, files, sums, more, 0);
    }

    private static String shown(String value) {
      return value.length() <= SHORT && value.codePoints().allMatch(StageMemory::isPrintable)
          ? value
          : hashed(value);
    }

    private static String hashed(String text) {
      return HASHED + new Fields().text("", text).end();
    }
  }
}
