package org.golempipeline.node;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.golem.wire.DeployResult;
import org.golempipeline.golem.wire.ExeCommand;

/**
 * A deployed "image": folders of this machine in the place of volumes. What the requestor calls
 * {@code /golem/work} is a folder below the activity's root, and that folder's real path is what is
 * reported, so programs find their files under the path they are told. Immutable.
 */
final class Deployment {
  /** What images declare by convention; used if the requestor names no volume. */
  private static final List<String> USUAL_VOLUMES =
      List.of("/golem/work", "/golem/input", "/golem/output", "/golem/resource");

  private final Path root;

  /** Folders that files can be transferred to, by the requestor's name for them. */
  private final Map<String, Path> volumes;

  private Deployment(Path root, Map<String, Path> volumes) {
    this.root = root;
    this.volumes = volumes;
  }

  static Deployment create(Path root, ExeCommand.Deploy deploy)
      throws IOException, CommandException {
    Map<String, Path> volumes = new LinkedHashMap<>();
    JsonNode asked = deploy.volumes();
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
          Files.createDirectories(inside(root, volume.getKey()));
        }
      }
    }
    if (volumes.isEmpty()) {
      for (String volume : USUAL_VOLUMES) {
        add(volumes, root, volume);
      }
    }
    return new Deployment(root, volumes);
  }

  private static void add(Map<String, Path> volumes, Path root, String name)
      throws IOException, CommandException {
    Path folder = inside(root, name);
    if (folder.equals(root)) {
      throw new CommandException("Invalid volume path: " + name);
    }
    volumes.put(name, Files.createDirectories(folder));
  }

  private static Path inside(Path root, String name) throws CommandException {
    Path folder = root.resolve(name.replaceFirst("^/+", "")).normalize();
    if (!name.startsWith("/") || !folder.startsWith(root)) {
      throw new CommandException("Invalid volume path: " + name);
    }
    return folder;
  }

  Path root() {
    return root;
  }

  /** Where programs start. */
  Path workingFolder() {
    return volumes.values().iterator().next();
  }

  DeployResult report() {
    List<DeployResult.Volume> reported = new ArrayList<>();
    for (Path folder : volumes.values()) {
      reported.add(new DeployResult.Volume("vol-" + reported.size(), folder.toString()));
    }
    return new DeployResult(Map.of("Ok", ""), reported, "blocking");
  }

  /** The file that a transfer means by {@code path}, which may be a name or a real path. */
  Path file(String path) throws CommandException {
    Path asked = Path.of(path).normalize();
    for (Map.Entry<String, Path> volume : volumes.entrySet()) {
      Path name = Path.of(volume.getKey()).normalize();
      Path folder = volume.getValue();
      if (asked.startsWith(folder) && !asked.equals(folder)) {
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
      throw new CommandException(path + ": " + e.getMessage());
    }
    throw notFound(path);
  }

  private static CommandException notFound(String path) {
    return new CommandException("path not found in container: " + path);
  }
}
