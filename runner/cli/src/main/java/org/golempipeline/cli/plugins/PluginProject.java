package org.golempipeline.cli.plugins;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.lang.model.SourceVersion;
import org.golempipeline.pipeline.Refusal;
import org.golempipeline.strategy.ApiVersion;

/**
 * The Maven project of a new plugin. It carries the plugin interface and its contract tests in a
 * repository of its own, since they are on no public one.
 */
final class PluginProject {
  private static final Pattern NAME = Pattern.compile("([a-z][a-z0-9-]*/)?[a-z][a-z0-9-]*");
  private static final String VENDOR = "example";

  /** What it is built against, in the repository of its own. */
  private static final List<String> INTERFACE = List.of("plugin-api", "plugin-testing");

  private final String vendor;
  private final String name;
  private final String product;

  private PluginProject(String vendor, String name, String product) {
    this.vendor = vendor;
    this.name = name;
    this.product = product;
  }

  /**
   * The project of a strategy, whose vendor may be left out.
   *
   * @param product the version of this program
   */
  static PluginProject named(String name, String product) throws Refusal {
    if (!NAME.matcher(name).matches()) {
      throw Refusal.usage(
          "`%s` cannot be the name of a strategy.".formatted(name),
          "Use lower-case letters, digits and `-`, such as `paragraphs` or `acme/paragraphs`.");
    }
    var slash = name.indexOf('/');
    return slash < 0
        ? new PluginProject(VENDOR, name, product)
        : new PluginProject(name.substring(0, slash), name.substring(slash + 1), product);
  }

  /** What its jar is called. */
  String artifact() {
    return name;
  }

  /** What its strategies are called in pipeline files. */
  String strategy() {
    return vendor + "/" + name;
  }

  /**
   * Writes it.
   *
   * @param folder to be made, or empty
   * @param shown how the user calls it
   */
  void write(Path folder, String shown) throws Refusal, IOException {
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw Refusal.usage(
          "`%s` is a file.".formatted(shown), "Name another place with `--folder`.");
    }
    try (var files = Files.list(folder)) {
      if (files.findAny().isPresent()) {
        throw Refusal.usage(
            "The folder `%s` is not empty.".formatted(shown),
            "Name a new one with `--folder`, or empty it.");
      }
    }
    var main = folder.resolve("src/main/java").resolve(packageFolder());
    var test = folder.resolve("src/test/java").resolve(packageFolder());
    var services = folder.resolve("src/main/resources/META-INF/services");
    text("pom.xml", folder.resolve("pom.xml"));
    text("README.md", folder.resolve("README.md"));
    text("gitignore", folder.resolve(".gitignore"));
    text("split.java", main.resolve(className() + "Split.java"));
    text("merge.java", main.resolve(className() + "Merge.java"));
    text("split-test.java", test.resolve(className() + "SplitTest.java"));
    text("merge-test.java", test.resolve(className() + "MergeTest.java"));
    text("split-service", services.resolve("org.golempipeline.strategy.SplitStrategy"));
    text("merge-service", services.resolve("org.golempipeline.strategy.MergeStrategy"));
    text("pipeline.yaml", folder.resolve("example/pipeline.yaml"));
    text("text.txt", folder.resolve("example/input/text.txt"));
    repository(folder.resolve("repository"));
  }

  private void repository(Path repository) throws IOException {
    for (var part : INTERFACE) {
      var artifact = "golem-pipeline-" + part;
      var place = repository.resolve("org/golempipeline").resolve(artifact).resolve(product);
      var prefix = artifact + "-" + product;
      text(part + ".pom", place.resolve(prefix + ".pom"));
      copy(artifact + ".jar", place.resolve(prefix + ".jar"));
      try (var files = Files.list(place)) {
        for (var file : files.toList()) {
          Files.writeString(file.resolveSibling(file.getFileName() + ".sha1"), sha1(file));
        }
      }
    }
  }

  private void text(String resource, Path file) throws IOException {
    Files.createDirectories(file.getParent());
    try (var in = open(resource)) {
      Files.writeString(file, filled(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
    }
  }

  private static void copy(String resource, Path file) throws IOException {
    try (var in = open("repository/" + resource)) {
      Files.copy(in, file);
    }
  }

  private static InputStream open(String resource) {
    return Objects.requireNonNull(
        PluginProject.class.getResourceAsStream("plugin-project/" + resource), resource);
  }

  private String filled(String text) {
    return text.replace("@strategy@", strategy())
        .replace("@vendor@", vendor)
        .replace("@name@", name)
        .replace("@package@", packageName())
        .replace("@class@", className())
        .replace("@api@", ApiVersion.CURRENT.toString())
        .replace("@product@", product);
  }

  private String packageName() {
    return identifier(vendor) + "." + identifier(name);
  }

  private Path packageFolder() {
    return Path.of(identifier(vendor), identifier(name));
  }

  private static String identifier(String word) {
    var identifier = word.replace('-', '_');
    return SourceVersion.isKeyword(identifier) ? identifier + "_" : identifier;
  }

  private String className() {
    return Arrays.stream(name.split("-", -1))
        .filter(word -> !word.isEmpty())
        .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
        .collect(Collectors.joining());
  }

  private static String sha1(Path file) throws IOException {
    try {
      var digest = MessageDigest.getInstance("SHA-1").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
