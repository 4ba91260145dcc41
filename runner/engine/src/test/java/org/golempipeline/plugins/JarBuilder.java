package org.golempipeline.plugins;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.SplitStrategy;

/** Compiles plugins from their sources and packs them. */
final class JarBuilder {
  /** A split in the class {@code acme.Words}, called {@code acme/words}. */
  static final String SPLIT =
      """
      package acme;
      import java.util.List;
      import org.golempipeline.strategy.*;
      public class Words implements SplitStrategy {
        // MEMBERS
        public String name() { return "acme/words"; }
        public String version() { return "1"; }
        public String summary() { return "Splits at words."; }
        public String optionsSchema() { return "{\\"description\\": \\"Options.\\"}"; }
        public InputUse inputUse() { return InputUse.OPTIONAL; }
        public InputShape inputShape(Options options) { return InputShape.NONE; }
        public List<String> variables(Options options) { return List.of(); }
        public Fragments split(SplitContext context) { return Fragments.of(List.of(Fragment.of())); }
      }
      """;

  /** A merge in the class {@code acme.Glue}, called {@code acme/glue}. */
  static final String MERGE =
      """
      package acme;
      import org.golempipeline.strategy.*;
      public class Glue implements MergeStrategy {
        public String name() { return "acme/glue"; }
        public String version() { return "1"; }
        public String summary() { return "Glues."; }
        public String optionsSchema() { return "{\\"description\\": \\"Options.\\"}"; }
        public Result result() { return Result.FILE; }
        public Merger open(MergeContext context) {
          return new Merger() {
            public void add(FragmentOutput output) { throw new IllegalStateException("stuck"); }
            public void finish() { throw new NoClassDefFoundError("acme/Lost"); }
            public void close() { throw new ArithmeticException("odd"); }
          };
        }
      }
      """;

  private final Path folder;
  private final Map<String, String> sources = new LinkedHashMap<>();
  private final Map<String, String> without = new LinkedHashMap<>();
  private final Map<String, String> attributes = new LinkedHashMap<>();
  private final Map<String, byte[]> entries = new LinkedHashMap<>();

  private JarBuilder(Path folder) {
    this.folder = folder;
  }

  /** A plugin called {@code words} in version 1.0, without classes. */
  static JarBuilder empty(Path folder) {
    return new JarBuilder(folder)
        .attribute("Golem-Pipeline-Api", "1.0")
        .attribute("Implementation-Title", "words")
        .attribute("Implementation-Version", "1.0");
  }

  /** The plugin with {@link #SPLIT}. */
  static JarBuilder words(Path folder) {
    return empty(folder).source("acme/Words.java", SPLIT).service("acme.Words\n");
  }

  /** The same, whose split has other or more members. */
  static JarBuilder words(Path folder, String old, String now) {
    return empty(folder).source("acme/Words.java", SPLIT.replace(old, now)).service("acme.Words\n");
  }

  /** Sets an attribute of the manifest, or leaves it out if empty. */
  JarBuilder attribute(String name, String value) {
    attributes.put(name, value);
    return this;
  }

  JarBuilder source(String path, String text) {
    sources.put(path, text);
    return this;
  }

  /** Something to compile with that does not get into the jar. */
  JarBuilder sourceLeftOut(String path, String text) {
    without.put(path, text);
    return this;
  }

  /** What the service file of splits says. */
  JarBuilder service(String text) {
    return entry("META-INF/services/" + SplitStrategy.class.getName(), text);
  }

  /** What the service file of merges says. */
  JarBuilder mergeService(String text) {
    return entry("META-INF/services/" + MergeStrategy.class.getName(), text);
  }

  JarBuilder entry(String name, String text) {
    return classFile(name, text.getBytes(StandardCharsets.UTF_8));
  }

  JarBuilder classFile(String name, byte[] bytes) {
    entries.put(name, bytes);
    return this;
  }

  /** Adds the classes of a source as the ones for Java {@code version} and newer. */
  JarBuilder forRelease(int version, String path, String text) throws IOException {
    var compiled = compile(Map.of(path, text), Files.createTempDirectory(folder, "release"));
    var name = path.replace(".java", ".class");
    entries.put(
        "META-INF/versions/" + version + "/" + name, Files.readAllBytes(compiled.resolve(name)));
    return this;
  }

  Path build(String name) throws IOException {
    var all = new LinkedHashMap<>(sources);
    all.putAll(without);
    var classes = compile(all, Files.createTempDirectory(folder, "classes"));
    for (var path : without.keySet()) {
      Files.delete(classes.resolve(path.replace(".java", ".class")));
    }
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.forEach(
        (key, value) -> {
          if (!value.isEmpty()) {
            manifest.getMainAttributes().putValue(key, value);
          }
        });
    var jar = folder.resolve(name);
    Files.createDirectories(jar.getParent());
    try (var out =
            new JarOutputStream(new BufferedOutputStream(Files.newOutputStream(jar)), manifest);
        var files = Files.walk(classes)) {
      for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
        out.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
        out.write(Files.readAllBytes(file));
      }
      for (var entry : entries.entrySet()) {
        out.putNextEntry(new ZipEntry(entry.getKey()));
        out.write(entry.getValue());
      }
    }
    return jar;
  }

  private Path compile(Map<String, String> texts, Path target) throws IOException {
    if (texts.isEmpty()) {
      return target;
    }
    var files = new ArrayList<Path>();
    for (var text : texts.entrySet()) {
      var file = target.resolve("src").resolve(text.getKey());
      Files.createDirectories(file.getParent());
      files.add(Files.writeString(file, text.getValue()));
    }
    var compiler = ToolProvider.getSystemJavaCompiler();
    var said = new StringWriter();
    try (var manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      var options =
          List.of(
              "--release",
              "17",
              "-proc:none",
              "-d",
              target.toString(),
              "-cp",
              System.getProperty("java.class.path"));
      var task =
          compiler.getTask(
              said, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files));
      if (!task.call()) {
        throw new IllegalStateException(said.toString());
      }
    }
    for (var file : files) {
      Files.delete(file);
    }
    return target;
  }
}
