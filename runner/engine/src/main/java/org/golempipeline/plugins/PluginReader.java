package org.golempipeline.plugins;

import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.golempipeline.lock.LockedLibrary;
import org.golempipeline.spec.OptionsSchema;
import org.golempipeline.strategy.ApiVersion;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.Strategy;

/**
 * Makes a plugin of its jar and those that it needs. The manifest is checked before any class is
 * touched.
 */
final class PluginReader {
  private static final String API = "Golem-Pipeline-Api";
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*/[a-z][a-z0-9_-]*");
  private static final Pattern WORDS = Pattern.compile("[^\\p{Cntrl}`]{1,100}");
  private static final String AS_NEW =
      "The project that `golem-pipeline plugins new` makes shows how a plugin is built.";

  private final String jar;
  private final String sha256;
  private final JarContent content;
  private final List<LockedLibrary> libraries;
  private final String name;
  private final String version;
  private final PluginLoader loader;
  private final boolean isPinned;

  private PluginReader(List<JarBytes> jars, List<LockedLibrary> libraries, boolean isPinned)
      throws PluginException {
    var contents = JarContent.of(jars);
    this.jar = jars.get(0).name();
    this.sha256 = jars.get(0).sha256();
    this.content = contents.get(0);
    this.libraries = libraries;
    this.isPinned = isPinned;
    requireApi();
    this.name = attribute("Implementation-Title", "what the plugin is called");
    this.version = attribute("Implementation-Version", "which version it is");
    this.loader =
        new PluginLoader(contents, jars.stream().map(each -> place(each.file())).toList());
  }

  /**
   * Loads what was read.
   *
   * @param jars the plugin's own, then its libraries
   * @param libraries what these are
   * @param isPinned whether it went through this before, so that what costs time can be left out
   */
  static Plugin read(List<JarBytes> jars, List<LockedLibrary> libraries, boolean isPinned)
      throws PluginException {
    return new PluginReader(jars, libraries, isPinned).plugin();
  }

  private static URL place(Path file) {
    try {
      return file.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }

  // ---- the manifest

  private void requireApi() throws PluginException {
    var stated = content.attribute(API);
    if (stated == null) {
      throw broken(
          "`%s` is no plugin: its manifest does not say as `%s` which plugin interface it needs."
              .formatted(jar, API),
          AS_NEW);
    }
    ApiVersion needed;
    try {
      needed = ApiVersion.parse(stated);
    } catch (IllegalArgumentException e) {
      throw broken(
          "`%s: %s` in the manifest of `%s` is no version.".formatted(API, stated, jar),
          "Write the version that it was built against, such as `%s`."
              .formatted(ApiVersion.CURRENT));
    }
    var here = ApiVersion.CURRENT;
    if (!here.supports(needed)) {
      throw new PluginException(
          PluginDiagnosticIds.PLUGIN_API,
          "`%s` was built against version %s of the plugin interface, and this golem-pipeline has %s."
              .formatted(jar, needed, here),
          needed.major() < here.major()
              ? "Use a version of the plugin that was built against %d.x.".formatted(here.major())
              : "Use a newer golem-pipeline, or an older version of the plugin.");
    }
  }

  private String attribute(String key, String meaning) throws PluginException {
    var value = content.attribute(key);
    if (value == null || !WORDS.matcher(value).matches()) {
      throw broken(
          "The manifest of `%s` does not say as `%s` %s.".formatted(jar, key, meaning), AS_NEW);
    }
    return value;
  }

  // ---- the strategies

  private Plugin plugin() throws PluginException {
    var splits = new ArrayList<SplitStrategy>();
    var merges = new ArrayList<MergeStrategy>();
    var names = new HashSet<String>();
    for (var className : services(SplitStrategy.class)) {
      splits.add(split(className, names));
    }
    for (var className : services(MergeStrategy.class)) {
      merges.add(merge(className, names));
    }
    if (splits.isEmpty() && merges.isEmpty()) {
      throw broken(
          "`%s` has no strategy: it names none in `META-INF/services/%s` or `…%s`."
              .formatted(jar, SplitStrategy.class.getName(), MergeStrategy.class.getSimpleName()),
          AS_NEW);
    }
    return new Plugin(name, version, jar, sha256, libraries, splits, merges);
  }

  private Set<String> services(Class<?> kind) {
    var classes = new LinkedHashSet<String>();
    var text = content.entry("META-INF/services/" + kind.getName());
    if (text != null) {
      for (var line : new String(text, StandardCharsets.UTF_8).split("\\R")) {
        var className = line.replaceFirst("#.*", "").strip();
        if (!className.isEmpty()) {
          classes.add(className);
        }
      }
    }
    return classes;
  }

  private SplitStrategy split(String className, Set<String> names) throws PluginException {
    return careful(
        className,
        () -> {
          var split = instance(className, SplitStrategy.class);
          var traits = traits("split", className, split, names);
          return new GuardedSplit(
              split, traits, Objects.requireNonNull(split.inputUse()), guard(traits));
        });
  }

  private MergeStrategy merge(String className, Set<String> names) throws PluginException {
    return careful(
        className,
        () -> {
          var merge = instance(className, MergeStrategy.class);
          var traits = traits("merge", className, merge, names);
          return new GuardedMerge(
              merge, traits, Objects.requireNonNull(merge.result()), guard(traits));
        });
  }

  private Guard guard(Traits traits) {
    return new Guard("`%s` of the plugin `%s` %s".formatted(traits.name(), name, version), loader);
  }

  private Traits traits(String kind, String className, Strategy strategy, Set<String> names)
      throws PluginException {
    var traits =
        new Traits(
            Objects.requireNonNull(strategy.name()),
            Objects.requireNonNull(strategy.version()),
            Objects.requireNonNull(strategy.summary()),
            Objects.requireNonNull(strategy.optionsSchema()),
            strategy.optionsRequired());
    if (!NAME.matcher(traits.name()).matches()) {
      throw broken(
          "`%s` in `%s` calls itself `%s`, and a plugin's strategy is called `vendor/name`."
              .formatted(className, jar, traits.name()),
          "Names without `/` are those of built-in strategies; use lower-case letters, digits and"
              + " `-`, such as `acme/paragraphs`.");
    }
    if (!names.add(kind + " " + traits.name())) {
      throw broken(
          "`%s` has two %s strategies called `%s`.".formatted(jar, kind, traits.name()),
          "Give one of them another name.");
    }
    if (traits.version().isBlank() || traits.summary().isBlank()) {
      throw broken(
          "`%s` in `%s` states no version or no summary.".formatted(traits.name(), jar),
          "The version is part of what results are kept under, the summary is shown in editors.");
    }
    if (!isPinned) {
      requireSchema(traits);
    }
    return traits;
  }

  private void requireSchema(Traits traits) throws PluginException {
    var problem = OptionsSchema.problem(traits.optionsSchema());
    if (problem.isPresent()) {
      throw broken(
          "The options schema of `%s` in `%s` is %s."
              .formatted(traits.name(), jar, oneLine(problem.get())),
          "Correct what `optionsSchema()` answers, and build the plugin again.");
    }
  }

  private <S> S instance(String className, Class<S> kind)
      throws PluginException, ReflectiveOperationException {
    var type = Class.forName(className, true, loader);
    if (!kind.isAssignableFrom(type)) {
      throw broken(
          "`%s` in `%s` is no %s, and `META-INF/services` says that it is."
              .formatted(className, jar, kind.getSimpleName()),
          "Correct the service file.");
    }
    return kind.cast(type.getConstructor().newInstance());
  }

  /** What runs foreign code while it is loaded. */
  private interface Loading<T> {
    T load() throws PluginException, ReflectiveOperationException;
  }

  private <T> T careful(String className, Loading<T> loading) throws PluginException {
    var thread = Thread.currentThread();
    var before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return loading.load();
    } catch (InvocationTargetException e) {
      throw failed(className, Objects.requireNonNull(e.getCause()));
    } catch (ReflectiveOperationException | RuntimeException | Error e) {
      throw failed(className, e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** Everything that foreign classes can do wrong, as one sentence with its cure. */
  private PluginException failed(String className, Throwable thrown) {
    var cause = Guard.root(thrown);
    if (cause instanceof OutOfMemoryError outOfMemory) {
      throw outOfMemory;
    }
    if (cause instanceof UnsupportedClassVersionError) {
      return broken(
          "`%s` in `%s` is compiled for a newer Java than this one, which is %d."
              .formatted(className, jar, Runtime.version().feature()),
          "Run golem-pipeline with a newer JDK, or compile the plugin with `--release 17`.");
    }
    if (cause instanceof ClassNotFoundException && className.equals(cause.getMessage())) {
      return broken(
          "`%s` names `%s` in `META-INF/services`, and holds no such class."
              .formatted(jar, className),
          "Correct the service file, or build the plugin again.");
    }
    if (cause instanceof NoClassDefFoundError || cause instanceof ClassNotFoundException) {
      return broken(
          "`%s` in `%s` needs `%s`, which is neither in its jars nor in the JDK."
              .formatted(className, jar, String.valueOf(cause.getMessage()).replace('/', '.')),
          "Pack the libraries that the plugin needs into its jar, or let its POM name them and pin"
              + " it by its coordinates: it sees none of ours.");
    }
    if (cause instanceof NoSuchMethodException
        || cause instanceof IllegalAccessException
        || cause instanceof InstantiationException) {
      return broken(
          "`%s` in `%s` cannot be made: it needs to be a public class with a public constructor"
                  .formatted(className, jar)
              + " without parameters.",
          "Change the class and build the plugin again.");
    }
    return broken(
        "`%s` in `%s` could not be loaded: %s."
            .formatted(className, jar, oneLine(cause.toString())),
        "Ask the author of the plugin, or use another version of it.");
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").replaceAll("[ .]+$", "");
  }

  private static PluginException broken(String message, String hint) {
    return new PluginException(PluginDiagnosticIds.PLUGIN_BROKEN, message, hint);
  }
}
