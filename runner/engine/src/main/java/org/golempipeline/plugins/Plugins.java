package org.golempipeline.plugins;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.golempipeline.diagnostic.Checked;
import org.golempipeline.diagnostic.Diagnostic;
import org.golempipeline.lock.LockFile;
import org.golempipeline.lock.LockedLibrary;
import org.golempipeline.lock.LockedPlugin;
import org.golempipeline.lock.MavenCoordinates;
import org.golempipeline.maven.MavenJars;
import org.golempipeline.spec.Strategies;
import org.golempipeline.standard.StandardStrategies;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.Strategy;

/**
 * The plugins of one command, no two of which claim the same name. Made from the jars that the
 * command line names, then those that the pipeline's lock file pins, then those that come with the
 * product.
 */
public final class Plugins {
  /** No plugins. */
  public static final Plugins NONE = new Plugins(List.of());

  private final List<Plugin> all;

  private Plugins(List<Plugin> all) {
    this.all = List.copyOf(all);
  }

  /**
   * Loads one jar.
   *
   * @param name how people call it
   */
  public static Plugin load(Path file, String name) throws PluginException {
    return PluginReader.read(List.of(JarBytes.read(file, name)), List.of(), false);
  }

  /** The strategies that pipeline files may name: the standard ones and theirs. */
  public Strategies strategies() {
    return new Strategies(
        Stream.concat(StandardStrategies.splits().stream(), splits().stream()).toList(),
        Stream.concat(StandardStrategies.merges().stream(), merges().stream()).toList());
  }

  /** These and one more; the same jar with the same libraries counts once. */
  public Plugins with(Plugin plugin) throws PluginException {
    for (var other : all) {
      if (other.sha256().equals(plugin.sha256()) && other.libraries().equals(plugin.libraries())) {
        return this;
      }
      if (other.name().equals(plugin.name())) {
        throw clash(other, plugin, "call themselves", plugin.name());
      }
      refuseSameName(other, other.splits(), plugin, plugin.splits(), "have a split strategy");
      refuseSameName(other, other.merges(), plugin, plugin.merges(), "have a merge strategy");
    }
    return new Plugins(Stream.concat(all.stream(), Stream.of(plugin)).toList());
  }

  /**
   * These and all that {@code lock} pins, but for those that are there already under the same name.
   * A jar is loaded only if it is the one that was pinned.
   *
   * @param pipeline how the user calls the pipeline file
   * @param folder of the pipeline file
   * @param maven has the jars that are not beside it; nothing but those that are pinned is asked of
   *     it
   */
  public Checked<Plugins> withPinned(LockFile lock, String pipeline, Path folder, MavenJars maven) {
    var plugins = this;
    var problems = new ArrayList<Diagnostic>();
    for (var entry : lock.plugins().entrySet()) {
      if (plugins.find(entry.getKey()).isEmpty()) {
        try {
          plugins = plugins.with(pinned(entry, pipeline, folder, maven));
        } catch (PluginException e) {
          problems.add(
              Diagnostic.error(
                  e.id(), lock.source(), lock.rangeOf(entry.getKey()), e.getMessage(), e.hint()));
        }
      }
    }
    return new Checked<>(plugins, problems);
  }

  /**
   * These and those that come with the product, as far as somebody names their strategies. What the
   * user chose goes first: one that is there already under the same name, or has a strategy of the
   * same name, is not loaded.
   *
   * @param folder where they lie as {@code VENDOR.jar}; there may be none
   * @param isNamed whether somebody names a strategy {@code VENDOR/…}
   */
  public Plugins withBundled(Path folder, Predicate<String> isNamed) throws PluginException {
    var jars = folder.toFile().list((place, file) -> file.endsWith(".jar"));
    if (jars == null) {
      return this;
    }
    Arrays.sort(jars);
    var plugins = this;
    for (var jar : jars) {
      var vendor = jar.substring(0, jar.length() - ".jar".length());
      if (isNamed.test(vendor) && find(vendor).isEmpty()) {
        var file = folder.resolve(jar);
        var bundled =
            PluginReader.read(List.of(JarBytes.read(file, file.toString())), List.of(), true);
        try {
          plugins = plugins.with(bundled);
        } catch (PluginException e) {
          if (!e.id().equals(PluginDiagnosticIds.PLUGIN_CLASH)) {
            throw e;
          }
        }
      }
    }
    return plugins;
  }

  /**
   * Loads one jar of a Maven repository with those that its POM says it needs; they are downloaded
   * if they are not on this machine.
   */
  public static Plugin load(MavenCoordinates coordinates, MavenJars maven) throws PluginException {
    List<MavenCoordinates> libraries;
    try {
      libraries = maven.libraries(coordinates);
    } catch (IOException e) {
      throw absent("Could not find out what `%s` needs".formatted(coordinates), e, maven);
    }
    var jars = jars(coordinates, libraries, maven);
    var locked = new ArrayList<LockedLibrary>();
    for (var i = 0; i < libraries.size(); i++) {
      locked.add(new LockedLibrary(libraries.get(i), jars.get(i + 1).sha256()));
    }
    return PluginReader.read(jars, locked, false);
  }

  /** The jar, then the others. */
  private static List<JarBytes> jars(
      MavenCoordinates coordinates, List<MavenCoordinates> libraries, MavenJars maven)
      throws PluginException {
    var wanted = Stream.concat(Stream.of(coordinates), libraries.stream()).toList();
    List<Path> files;
    try {
      files = maven.get(wanted);
    } catch (IOException e) {
      throw absent(
          libraries.isEmpty()
              ? "Could not get the jar `%s`".formatted(coordinates)
              : "Could not get the jar `%s` with what it needs".formatted(coordinates),
          e,
          maven);
    }
    var jars = new ArrayList<JarBytes>();
    for (var i = 0; i < files.size(); i++) {
      jars.add(JarBytes.read(files.get(i), wanted.get(i).toString()));
    }
    return jars;
  }

  private static PluginException absent(String what, IOException why, MavenJars maven) {
    return new PluginException(
        PluginDiagnosticIds.PLUGIN_MISSING,
        what + ": " + why.getMessage() + ".",
        "Check the coordinates, and what `%s` says of repositories; without a network all of it has"
                .formatted(maven.settingsFile())
            + " to be in the local repository.");
  }

  /** A jar that was pinned, unless it is missing or another one. */
  private static Plugin pinned(
      Map.Entry<String, LockedPlugin> entry, String pipeline, Path folder, MavenJars maven)
      throws PluginException {
    var locked = entry.getValue();
    var path = locked.path();
    var coordinates = locked.maven();
    var name =
        path == null
            ? String.valueOf(coordinates)
            : Path.of(pipeline).resolveSibling(path).normalize().toString();
    var pin = "`golem-pipeline plugins pin %s %s`".formatted(pipeline, name);
    var jars =
        path == null
            ? jars(
                Objects.requireNonNull(coordinates),
                locked.libraries().stream().map(LockedLibrary::maven).toList(),
                maven)
            : List.of(beside(folder.resolve(path).normalize(), name, entry, pin));
    var digests =
        Stream.concat(
                Stream.of(locked.sha256()), locked.libraries().stream().map(LockedLibrary::sha256))
            .toList();
    for (var i = 0; i < digests.size(); i++) {
      requireSame(jars.get(i), digests.get(i), pin);
    }
    var plugin = PluginReader.read(jars, locked.libraries(), true);
    if (!plugin.name().equals(entry.getKey())) {
      throw new PluginException(
          PluginDiagnosticIds.PLUGIN_CHANGED,
          "`%s` is the plugin `%s`, and it is pinned as `%s`."
              .formatted(name, plugin.name(), entry.getKey()),
          "Remove the entry from the lock file, and pin the jar with %s.".formatted(pin));
    }
    return plugin;
  }

  /** A pinned jar that is a file. */
  private static JarBytes beside(
      Path file, String name, Map.Entry<String, LockedPlugin> entry, String pin)
      throws PluginException {
    try {
      return JarBytes.read(file, name);
    } catch (PluginException e) {
      if (!e.id().equals(PluginDiagnosticIds.PLUGIN_MISSING)) {
        throw e;
      }
      throw new PluginException(
          e.id(),
          "`%s` %s is pinned. %s"
              .formatted(entry.getKey(), entry.getValue().version(), e.getMessage()),
          "Put the jar back, or build it; if it is another one now, pin that with %s."
              .formatted(pin));
    }
  }

  private static void requireSame(JarBytes jar, String pinned, String pin) throws PluginException {
    if (!jar.sha256().equals(pinned)) {
      throw new PluginException(
          PluginDiagnosticIds.PLUGIN_CHANGED,
          "`%s` is not the jar that was pinned: its SHA-256 is %s, and %s is pinned."
              .formatted(jar.name(), jar.sha256(), pinned),
          "If you trust what it is now, pin it with %s.".formatted(pin));
    }
  }

  /** All of them, those of the command line first. */
  public List<Plugin> all() {
    return all;
  }

  /** The plugin of that name. */
  public Optional<Plugin> find(String name) {
    return all.stream().filter(plugin -> plugin.name().equals(name)).findFirst();
  }

  private static void refuseSameName(
      Plugin one,
      List<? extends Strategy> ofOne,
      Plugin other,
      List<? extends Strategy> ofOther,
      String what)
      throws PluginException {
    for (var mine : ofOne) {
      for (var theirs : ofOther) {
        if (mine.name().equals(theirs.name())) {
          throw clash(one, other, what, mine.name());
        }
      }
    }
  }

  private static PluginException clash(Plugin one, Plugin other, String what, String name) {
    return new PluginException(
        PluginDiagnosticIds.PLUGIN_CLASH,
        "`%s` and `%s` both %s `%s`.".formatted(one.jar(), other.jar(), what, name),
        "Leave one of them out: remove its `--plugin`, or its entry in the lock file.");
  }

  /** The splits of all plugins. */
  public List<SplitStrategy> splits() {
    var splits = new ArrayList<SplitStrategy>();
    for (var plugin : all) {
      splits.addAll(plugin.splits());
    }
    return splits;
  }

  /** The merges of all plugins. */
  public List<MergeStrategy> merges() {
    var merges = new ArrayList<MergeStrategy>();
    for (var plugin : all) {
      merges.addAll(plugin.merges());
    }
    return merges;
  }
}
