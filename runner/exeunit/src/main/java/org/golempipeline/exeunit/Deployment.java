package org.golempipeline.exeunit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.golempipeline.golem.wire.DeployResult;
import org.golempipeline.golem.wire.ExeCommand;
import org.golempipeline.gvmi.ImageConfiguration;
import org.golempipeline.gvmi.UnpackedImage;
import org.jspecify.annotations.Nullable;

/**
 * A deployed image: folders of this machine in the place of volumes. What the requestor calls
 * {@code /golem/work} is a folder below the activity's root. Inside an image it is there under that
 * name. Where the programs of this machine run instead, its real path is what is reported, and it
 * takes the place of the volume's name where a command names it, so programs find their files under
 * either. Immutable.
 */
final class Deployment {
  /** What images declare by convention; used if the requestor names no volume. */
  private static final List<String> USUAL_VOLUMES =
      List.of("/golem/work", "/golem/input", "/golem/output", "/golem/resource");

  /** A path that means the same with and without quotes in a shell text. */
  private static final Pattern PLAIN = Pattern.compile("[\\w./-]+");

  private final Path root;

  /** Folders that files can be transferred to, by the requestor's name for them. */
  private final Map<String, Path> volumes;

  /** All that programs see, also what transfers do not reach. */
  private final Map<String, Path> seen;

  /** Finds the keys of {@link #seen} in a command, null if they are not replaced. */
  private final @Nullable Pattern names;

  /** Where programs run, if not on this machine as it is. */
  private final @Nullable Container container;

  private Deployment(
      Path root, Map<String, Path> volumes, Map<String, Path> seen, @Nullable Container container) {
    this.root = root;
    this.volumes = volumes;
    this.seen = seen;
    this.container = container;
    names =
        container == null && PLAIN.matcher(root.toString()).matches() ? names(seen.keySet()) : null;
  }

  /** A name counts where a path begins, and only whole: not in {@code $x/golem/work}. */
  private static Pattern names(Set<String> seen) {
    String any =
        seen.stream()
            .sorted(Comparator.comparing(String::length).reversed())
            .map(Pattern::quote)
            .collect(Collectors.joining("|"));
    return Pattern.compile(
        "(?<![\\w./~$})*?\\]-])(?:" + any + ")(?![\\w.-])", Pattern.UNICODE_CHARACTER_CLASS);
  }

  /** For programs of this machine. */
  static Deployment create(Path root, ExeCommand.Deploy deploy)
      throws IOException, CommandException {
    Map<String, Path> volumes = new LinkedHashMap<>();
    Map<String, Path> others = new LinkedHashMap<>();
    addAsked(deploy.volumes(), root, volumes, others);
    if (volumes.isEmpty()) {
      for (String volume : USUAL_VOLUMES) {
        add(volumes, root, volume);
      }
    }
    others.putAll(volumes);
    return new Deployment(root, volumes, others, null);
  }

  /** For programs of an image, whose volumes are those that it declares and those asked for. */
  static Deployment inside(
      Path root,
      ExeCommand.Deploy deploy,
      UnpackedImage image,
      Limits limits,
      Container.Launcher launcher)
      throws IOException, CommandException {
    Path files = root.resolve("volumes");
    Map<String, Path> volumes = new LinkedHashMap<>();
    Map<String, Path> others = new LinkedHashMap<>();
    for (String volume : image.configuration().volumes()) {
      add(volumes, files, volume);
    }
    addAsked(deploy.volumes(), files, volumes, others);
    volumes.keySet().removeAll(others.keySet());
    Map<String, Path> seen = new LinkedHashMap<>(others);
    seen.putAll(volumes);
    for (String volume : seen.keySet()) {
      if (!ImageConfiguration.isVolume(volume)) {
        throw badVolume(volume);
      }
    }
    Path layer = Files.createDirectories(root.resolve("layer"));
    Container container =
        Container.start(new Container.Parts(image, layer, named(seen, files), limits), launcher);
    return new Deployment(root, volumes, seen, container);
  }

  /** Under their names inside, without {@code .} and the like. */
  private static Map<String, Path> named(Map<String, Path> folders, Path files) {
    Map<String, Path> named = new LinkedHashMap<>();
    folders.values().forEach(each -> named.put("/" + files.relativize(each), each));
    return named;
  }

  private static void addAsked(
      @Nullable JsonNode asked, Path root, Map<String, Path> volumes, Map<String, Path> others)
      throws IOException, CommandException {
    if (asked != null && asked.isArray()) {
      for (JsonNode volume : asked) {
        add(volumes, root, volume.asText());
      }
    } else if (asked != null && asked.isObject()) {
      for (Map.Entry<String, JsonNode> volume : asked.properties()) {
        if (volume.getValue().has("host")) {
          add(volumes, root, volume.getKey());
        } else {
          // In memory or on an image of its own: programs see it, transfers do not.
          add(others, root, volume.getKey());
        }
      }
    }
  }

  private static void add(Map<String, Path> volumes, Path root, String name)
      throws IOException, CommandException {
    Path folder = root.resolve(name.replaceFirst("^/+", "")).normalize();
    boolean below = folder.startsWith(root) && !folder.equals(root);
    if (!name.startsWith("/") || !below || name.contains("\n")) {
      throw badVolume(name);
    }
    volumes.put(name.replaceFirst("/+$", ""), Files.createDirectories(folder));
  }

  private static CommandException badVolume(String name) {
    return new CommandException("Runtime error: Invalid volume path: " + name);
  }

  Path root() {
    return root;
  }

  /** Where programs run, if they run inside an image. */
  Optional<Container> container() {
    return Optional.ofNullable(container);
  }

  /** Where programs can leave files that others of this activity find. */
  List<VisibleFolder> folders() {
    if (container == null) {
      return List.of(new VisibleFolder("$HOME/", root));
    }
    List<VisibleFolder> folders = new ArrayList<>();
    folders.add(container.changes());
    seen.forEach((name, folder) -> folders.add(new VisibleFolder(name + "/", folder)));
    return folders;
  }

  /** Where programs of this machine start. */
  Path workingFolder() {
    return container == null ? volumes.values().iterator().next() : root;
  }

  /** A word of a command, or a shell text, with real paths for the names of volumes. */
  String here(String text) {
    if (names == null) {
      return text;
    }
    return names
        .matcher(text)
        .replaceAll(name -> Matcher.quoteReplacement(String.valueOf(seen.get(name.group()))));
  }

  DeployResult report() {
    List<DeployResult.Volume> reported = new ArrayList<>();
    for (Map.Entry<String, Path> volume : volumes.entrySet()) {
      String path = container == null ? volume.getValue().toString() : volume.getKey();
      reported.add(new DeployResult.Volume("vol-" + reported.size(), path));
    }
    return new DeployResult(Map.of("Ok", ""), reported, "blocking");
  }

  /** The file that a transfer means by {@code path}, which may be a name or a real path. */
  Path file(String path) throws CommandException {
    Path asked = Path.of(path).normalize();
    for (Map.Entry<String, Path> volume : volumes.entrySet()) {
      Path name = Path.of(volume.getKey()).normalize();
      Path folder = volume.getValue();
      if (container == null && asked.startsWith(folder) && !asked.equals(folder)) {
        return insideReally(asked, folder, path);
      }
      if (asked.startsWith(name) && !asked.equals(name)) {
        return insideReally(folder.resolve(name.relativize(asked)), folder, path);
      }
    }
    throw notFound(path);
  }

  /** Programs could have left links that lead out of the volume. */
  private static Path insideReally(Path file, Path folder, String path) throws CommandException {
    Path existing = file;
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    try {
      if (existing != null && existing.toRealPath().startsWith(folder)) {
        return file;
      }
    } catch (IOException e) {
      throw Transfers.error(path + ": " + e.getMessage());
    }
    throw notFound(path);
  }

  private static CommandException notFound(String path) {
    return Transfers.error("path not found in container: " + path);
  }
}
