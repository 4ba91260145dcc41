package org.golempipeline.gvmi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * How programs of an image are run: the part of a Docker container's configuration that the VM
 * runtime reads, in the same words.
 *
 * @param env {@code NAME=value} each
 * @param user as the image says it: {@code uid:gid}, or a name, if it is not root
 * @param volumes absolute paths
 * @param workingDir where programs start, the root if absent
 * @param entrypoint what {@code start} runs if asked to, with {@code cmd} behind it
 */
public record ImageConfiguration(
    List<String> env,
    Optional<String> user,
    List<String> volumes,
    Optional<String> workingDir,
    List<String> entrypoint,
    List<String> cmd) {
  private static final Pattern NUMBERS = Pattern.compile("(\\d{1,10}):(\\d{1,10})");
  private static final long LARGEST_ID = 0xffff_ffffL;

  /** What every container has mounted at its root. */
  private static final Set<String> SYSTEM = Set.of("dev", "proc", "sys");

  public ImageConfiguration {
    env = List.copyOf(env);
    volumes = List.copyOf(volumes);
    entrypoint = List.copyOf(entrypoint);
    cmd = List.copyOf(cmd);
  }

  /** Reads it; what has another form than it should counts as absent. */
  public static ImageConfiguration of(JsonNode json) {
    Iterable<String> volumes = json.path("Volumes")::fieldNames;
    return new ImageConfiguration(
        texts(json.path("Env")),
        text(json.path("User")),
        StreamSupport.stream(volumes.spliterator(), false).toList(),
        text(json.path("WorkingDir")),
        texts(json.path("Entrypoint")),
        texts(json.path("Cmd")));
  }

  /** As gvmkit-build writes it. */
  ObjectNode toJson() {
    var json = JsonNodeFactory.instance.objectNode();
    user.ifPresent(name -> json.put("User", name));
    env.forEach(json.putArray("Env")::add);
    if (!cmd.isEmpty()) {
      cmd.forEach(json.putArray("Cmd")::add);
    }
    volumes.forEach(json.putObject("Volumes")::putObject);
    workingDir.ifPresent(path -> json.put("WorkingDir", path));
    if (!entrypoint.isEmpty()) {
      entrypoint.forEach(json.putArray("Entrypoint")::add);
    }
    return json;
  }

  /**
   * As whom providers run programs, {@code uid:gid}. Empty for root, which programs also are if the
   * image names somebody in any other way than by two numbers.
   */
  public Optional<String> userOfProviders() {
    var numbers = NUMBERS.matcher(user.orElse("").strip());
    if (!numbers.matches()) {
      return Optional.empty();
    }
    var uid = Long.parseLong(numbers.group(1));
    var gid = Long.parseLong(numbers.group(2));
    return uid == 0 || uid > LARGEST_ID || gid > LARGEST_ID
        ? Optional.empty()
        : Optional.of(uid + ":" + gid);
  }

  /** With more variables, which replace those of their names. */
  public ImageConfiguration with(List<String> variables) {
    var all = new ArrayList<>(env);
    all.addAll(variables);
    return new ImageConfiguration(all, user, volumes, workingDir, entrypoint, cmd);
  }

  /** Whether a folder can be put into the place of this volume. */
  public static boolean isVolume(String path) {
    var names = Arrays.stream(path.split("/")).filter(each -> !each.matches("\\.?")).toList();
    return path.startsWith("/")
        && path.indexOf('\n') < 0
        && !names.isEmpty()
        && !names.contains("..")
        && !SYSTEM.contains(names.get(0));
  }

  /** The value of a variable, if the image sets it. */
  public Optional<String> variable(String name) {
    return env.stream()
        .filter(each -> each.startsWith(name + "="))
        .map(each -> each.substring(name.length() + 1))
        .reduce((first, last) -> last);
  }

  private static Optional<String> text(JsonNode json) {
    return json.isTextual() && !json.textValue().isEmpty()
        ? Optional.of(json.textValue())
        : Optional.empty();
  }

  private static List<String> texts(JsonNode json) {
    List<String> texts = new ArrayList<>();
    for (JsonNode each : json) {
      if (each.isTextual()) {
        texts.add(each.textValue());
      }
    }
    return texts;
  }
}
