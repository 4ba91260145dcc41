package org.golempipeline.exeunit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.golempipeline.gvmi.ImageConfiguration;
import org.golempipeline.gvmi.UnpackedImage;
import org.golempipeline.plainfile.LeftFiles;
import org.jspecify.annotations.Nullable;

/** Whether programs can run inside images on this machine. Thread-safe. */
public final class Containers {
  private static final ImageConfiguration PLAIN =
      new ImageConfiguration(
          List.of(), Optional.empty(), List.of(), Optional.empty(), List.of(), List.of());

  /** What stands in the way, asked once; empty if nothing does. */
  private static @Nullable Optional<Obstacle> known;

  private Containers() {}

  /**
   * Why programs cannot run inside images here.
   *
   * @param reason what the system said, without a full stop
   * @param cure a sentence
   */
  public record Obstacle(String reason, String cure) {}

  /**
   * What keeps programs from running inside images here, if anything does. Asks the system the
   * first time, by making an empty container, and takes some ten milliseconds for it.
   */
  public static synchronized Optional<Obstacle> obstacle() {
    Optional<Obstacle> found = known;
    if (found == null) {
      found = probe();
      known = found;
    }
    return found;
  }

  private static Optional<Obstacle> probe() {
    if (!System.getProperty("os.name", "").equals("Linux")) {
      return Optional.of(
          new Obstacle(
              "this is not Linux", "Fragments run with this machine's own programs instead."));
    }
    try {
      new ProcessBuilder("unsquashfs", "-version")
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      return Optional.of(
          new Obstacle(
              "there is no `unsquashfs` to unpack them", "Install the package `squashfs-tools`."));
    }
    Path folder;
    try {
      folder = Files.createTempDirectory("golem-pipeline-probe").toRealPath();
    } catch (IOException e) {
      return Optional.of(
          new Obstacle(
              "`%s`, where temporary files go, cannot be written"
                  .formatted(System.getProperty("java.io.tmpdir")),
              "Set `TMPDIR` to a folder that is there and may be written to."));
    }
    try {
      try {
        Path layer = Files.createDirectory(folder.resolve("layer"));
        UnpackedImage image =
            new UnpackedImage(Files.createDirectory(folder.resolve("root")), PLAIN);
        var parts = new Container.Parts(image, layer, Map.of(), Limits.NONE);
        Container.start(parts, ProcessBuilder::start).close();
        return Optional.empty();
      } finally {
        LeftFiles.removeQuietly(folder);
      }
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage());
      return Optional.of(new Obstacle(reason, cure(reason)));
    }
  }

  /** For the words of util-linux and the system. */
  static String cure(String reason) {
    if (reason.contains("error=2") || reason.contains("unrecognized option")) {
      return "Install util-linux 2.38 or newer: `unshare`, `nsenter`, `mount`, `umount`, `pivot_root`.";
    }
    if (reason.contains("No space left")) {
      return "Allow more of them: `sysctl user.max_user_namespaces=10000`.";
    }
    if (reason.contains("overlay")) {
      return "Linux 5.11 or newer mounts overlay file systems for everybody.";
    }
    return "Allow user namespaces: `sysctl kernel.apparmor_restrict_unprivileged_userns=0` on"
        + " Ubuntu, `sysctl kernel.unprivileged_userns_clone=1` on Debian; in a Docker container,"
        + " start that with `--security-opt seccomp=unconfined --security-opt"
        + " apparmor=unconfined --security-opt systempaths=unconfined`.";
  }
}
