package org.golempipeline.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.golempipeline.plainfile.PlainFile;
import org.golempipeline.run.StageMerge.ResultFile;
import org.golempipeline.spec.JsonText;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Which files a pipeline published, and how it left them. Written before files are renamed into
 * their places, with how they look already (a rename changes nothing about that), and once more
 * when all are there: wherever a run is cut off, what it put in place is known to be its own, and
 * nothing else is. It is kept twice, each with a sum of itself, so that damage to one of the files
 * is noticed and does no harm. A memory that is lost makes results foreign, which costs a question
 * and no file. Safe for several threads until {@link #announce}.
 */
final class PublishedMemory {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int BUFFER = 128 * 1024;

  private final Path folder;
  private final Path file;
  private final Path copy;

  /** What the file holds, null if it was not read yet. */
  private @Nullable Memory written;

  /** What is in place of it. */
  private List<Entry> results = List.of();

  private final Map<String, Stamp> stamps = new HashMap<>();

  /** What a publication that goes on puts in place. */
  private List<Entry> pending = List.of();

  private final Map<String, Stamp> copied = new HashMap<>();

  PublishedMemory(Path folder, String pipeline) {
    this.folder = folder;
    this.file = folder.resolve(".golem-pipeline/published/" + pipeline + ".json");
    this.copy = file.resolveSibling(pipeline + ".copy.json");
  }

  /**
   * The result of a stage.
   *
   * @param output as in the file, with the values of params
   * @param key what it depends on, null if that is not known
   */
  record Entry(String output, String stage, @Nullable String key, List<Stamp> files) {
    Entry {
      files = List.copyOf(files);
    }

    static Entry of(JsonNode json) {
      var files = new ArrayList<Stamp>();
      json.required("files").forEach(each -> files.add(Stamp.of(each)));
      return new Entry(
          json.required("output").textValue(),
          json.required("stage").textValue(),
          json.required("key").textValue(),
          files);
    }

    ObjectNode json() {
      var json = NODES.objectNode().put("output", output).put("stage", stage).put("key", key);
      var stamps = json.putArray("files");
      files.forEach(each -> stamps.add(each.json()));
      return json;
    }

    /** Without some files, and so no longer the whole result. */
    Entry without(Set<String> paths) {
      var rest = files.stream().filter(each -> !paths.contains(each.path())).toList();
      return rest.size() == files.size() ? this : new Entry(output, stage, null, rest);
    }
  }

  /**
   * A file as the system describes it.
   *
   * @param sum of its content, which tells whether a file that was copied or restored is the same
   */
  record Stamp(String path, long size, long modified, String id, long sum) {
    /** How {@code file} looks that is at {@code path}, or will be. */
    static Stamp read(String path, Path file) throws IOException {
      var found = attributes(file);
      return new Stamp(path, found.size(), modified(found), id(found), sumOf(file));
    }

    static Stamp of(JsonNode json) {
      return new Stamp(
          json.required("path").textValue(),
          json.required("size").longValue(),
          json.required("modified").longValue(),
          json.required("id").textValue(),
          json.required("sum").longValue());
    }

    ObjectNode json() {
      return NODES
          .objectNode()
          .put("path", path)
          .put("size", size)
          .put("modified", modified)
          .put("id", id)
          .put("sum", sum);
    }

    private boolean isSame(@Nullable Stamp other) {
      return other != null
          && path.equals(other.path)
          && size == other.size
          && modified == other.modified
          && id.equals(other.id)
          && sum == other.sum;
    }

    private boolean untouched(BasicFileAttributes found) {
      return found.isRegularFile()
          && found.size() == size
          && modified(found) == modified
          && id(found).equals(id);
    }

    private static long modified(BasicFileAttributes found) {
      return found.lastModifiedTime().to(TimeUnit.NANOSECONDS);
    }

    private static String id(BasicFileAttributes found) {
      return String.valueOf(found.fileKey());
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
      return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    /** Against accidents, not against people: fast, since every result is read for it. */
    private static long sumOf(Path file) throws IOException {
      var sum = new CRC32C();
      try (var content = PlainFile.stream(file)) {
        var buffer = new byte[(int) Math.min(BUFFER, Files.size(file) + 1)];
        for (var count = content.read(buffer); count >= 0; count = content.read(buffer)) {
          sum.update(buffer, 0, count);
        }
      }
      return sum.getValue();
    }
  }

  /** Whether there is anything at {@code path}. */
  boolean exists(String path) {
    return Files.exists(folder.resolve(path), LinkOption.NOFOLLOW_LINKS);
  }

  /** Whether a file of that path was published. */
  synchronized boolean knows(String path) throws IOException {
    load();
    return stamps.containsKey(path);
  }

  /** Whether the file at {@code path} is as it was published. */
  synchronized boolean isOurs(String path) throws IOException {
    load();
    var stamp = stamps.get(path);
    return stamp != null && isAs(stamp);
  }

  private boolean isAs(Stamp stamp) {
    var place = folder.resolve(stamp.path());
    try {
      var found = Stamp.attributes(place);
      return stamp.untouched(found)
          || found.isRegularFile()
              && found.size() == stamp.size()
              && Stamp.sumOf(place) == stamp.sum();
    } catch (IOException e) {
      // Gone, or something else is in its way: of what cannot be seen nothing is claimed.
      return false;
    }
  }

  /** How a file was published that was. */
  synchronized Stamp stampOf(String path) throws IOException {
    load();
    return Objects.requireNonNull(stamps.get(path));
  }

  /** The files of a whole result that depends on {@code key}, if none was touched; else null. */
  synchronized @Nullable List<ResultFile> unchanged(String stage, String output, String key)
      throws IOException {
    load();
    for (var entry : results) {
      if (entry.stage().equals(stage) && entry.output().equals(output)) {
        return key.equals(entry.key()) ? untouched(entry.files()) : null;
      }
    }
    return null;
  }

  private @Nullable List<ResultFile> untouched(List<Stamp> files) {
    var found = new ArrayList<ResultFile>(files.size());
    for (var stamp : files) {
      var place = folder.resolve(stamp.path());
      try {
        if (!stamp.untouched(Stamp.attributes(place))) {
          return null;
        }
      } catch (IOException e) {
        return null;
      }
      found.add(new ResultFile(stamp.path(), place, true, stamp.size()));
    }
    return found;
  }

  /** Says what will be published next; call before the first file is put in its place. */
  synchronized void announce(List<Entry> entries) throws IOException {
    load();
    pending = List.copyOf(entries);
    var news =
        entries.stream()
            .flatMap(entry -> entry.files().stream())
            .anyMatch(stamp -> !stamp.isSame(stamps.get(stamp.path())));
    if (news) {
      write(new Memory(results, pending));
    }
  }

  /** Says that a file came to its place by another way than a rename. */
  synchronized void copied(String path) throws IOException {
    copied.put(path, Stamp.read(path, folder.resolve(path)));
  }

  /** What is there of earlier results of {@code outputs} beside {@code paths}, sorted. */
  synchronized List<String> leftOver(Set<String> outputs, Set<String> paths) throws IOException {
    load();
    var left = new TreeSet<String>();
    for (var entry : results) {
      if (outputs.contains(entry.output())) {
        for (var stamp : entry.files()) {
          if (!paths.contains(stamp.path()) && exists(stamp.path())) {
            left.add(stamp.path());
          }
        }
      }
    }
    return List.copyOf(left);
  }

  /** Says that all that was announced is in place, and that nothing else is left of the same. */
  synchronized void complete(Set<String> outputs, Set<String> paths) throws IOException {
    load();
    var now = new ArrayList<Entry>();
    for (var entry : results) {
      if (!outputs.contains(entry.output())) {
        now.add(entry.without(paths));
      }
    }
    for (var entry : pending) {
      var files =
          entry.files().stream().map(each -> copied.getOrDefault(each.path(), each)).toList();
      now.add(new Entry(entry.output(), entry.stage(), entry.key(), files));
    }
    now.sort(Comparator.comparing(Entry::output).thenComparing(Entry::stage));
    now.removeIf(entry -> entry.files().isEmpty() && entry.key() == null);
    var memory = new Memory(now, List.of());
    if (written == null || !memory.text().equals(written.text())) {
      write(memory);
    }
  }

  private void load() {
    if (written != null) {
      return;
    }
    var memory = read();
    var arrived = new ArrayList<Entry>();
    var paths = new TreeSet<String>();
    for (var entry : memory.pending()) {
      var there = new ArrayList<Stamp>();
      for (var stamp : entry.files()) {
        if (isAs(stamp)) {
          there.add(stamp);
          paths.add(stamp.path());
        }
      }
      arrived.add(new Entry(entry.output(), entry.stage(), null, there));
    }
    var all = new ArrayList<Entry>();
    memory.results().forEach(entry -> all.add(entry.without(paths)));
    all.addAll(arrived);
    results = List.copyOf(all);
    for (var entry : results) {
      entry.files().forEach(stamp -> stamps.put(stamp.path(), stamp));
    }
    written = memory;
  }

  private Memory read() {
    var memory = read(file);
    if (memory == null) {
      memory = read(copy);
    }
    return memory == null ? Memory.NOTHING : memory;
  }

  /** Null if it is not there, or not as it was written. */
  private static @Nullable Memory read(Path file) {
    try {
      var kept = JsonText.parse(new String(PlainFile.bytes(file), StandardCharsets.UTF_8));
      var memory = Memory.of(kept.required("memory"));
      if (kept.required("sum").longValue() == sum(memory)) {
        return memory;
      }
      LoggerFactory.getLogger(PublishedMemory.class).debug("{} is damaged", file);
    } catch (IOException | IllegalArgumentException e) {
      LoggerFactory.getLogger(PublishedMemory.class).debug("{} cannot be read", file, e);
    }
    return null;
  }

  private void write(Memory now) throws IOException {
    Files.createDirectories(file.getParent());
    var kept = NODES.objectNode();
    kept.set("memory", now.json());
    kept.put("sum", sum(now));
    var content = JsonText.of(kept).getBytes(StandardCharsets.UTF_8);
    for (var each : List.of(file, copy)) {
      var beside = each.resolveSibling(each.getFileName() + ".part");
      Files.write(beside, content);
      Files.move(beside, each, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
    written = now;
  }

  /** Stands beside the memory in the file, of how that is written there. */
  private static long sum(Memory memory) {
    var sum = new CRC32C();
    sum.update(memory.text().getBytes(StandardCharsets.UTF_8));
    return sum.getValue();
  }

  /**
   * @param results that are in place, but for files that {@code pending} replaces
   * @param pending of a publication that may not have come to its end
   */
  private record Memory(List<Entry> results, List<Entry> pending) {
    static final Memory NOTHING = new Memory(List.of(), List.of());

    Memory {
      results = List.copyOf(results);
      pending = List.copyOf(pending);
    }

    static Memory of(JsonNode json) {
      return new Memory(entries(json.required("results")), entries(json.required("pending")));
    }

    private static List<Entry> entries(JsonNode json) {
      var entries = new ArrayList<Entry>();
      json.forEach(each -> entries.add(Entry.of(each)));
      return entries;
    }

    String text() {
      return JsonText.of(json());
    }

    ObjectNode json() {
      var json = NODES.objectNode();
      var done = json.putArray("results");
      results.forEach(each -> done.add(each.json()));
      var open = json.putArray("pending");
      pending.forEach(each -> open.add(each.json()));
      return json;
    }
  }
}
