package org.golempipeline.pipeline;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.golempipeline.exeunit.Containers;
import org.golempipeline.exeunit.ImageShell;
import org.golempipeline.exeunit.Limits;
import org.golempipeline.gvmi.GvmiFile;
import org.golempipeline.gvmi.ImageException;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.gvmi.NotAnImageException;
import org.golempipeline.gvmi.UnpackedImage;
import org.golempipeline.image.Images;

/**
 * Starts the images that are at hand on this machine here first, before providers are paid for
 * finding out that they do not start. Where this machine cannot do that, nothing is tried.
 */
final class ImageTrial {
  private static final String SHELL = "/bin/sh";
  private static final String LEAVE_OUT = " `--no-trial` goes to the network all the same.";

  private ImageTrial() {}

  static void run(Machine machine, Images images)
      throws Refusal, IOException, InterruptedException {
    if (images.files().isEmpty() || Containers.obstacle().isPresent()) {
      return;
    }
    try (var store = machine.imageStore()) {
      for (var each : images.files().entrySet()) {
        tryOut(
            each.getKey().toString(), unpacked(store, each.getKey().toString(), each.getValue()));
      }
    }
  }

  private static UnpackedImage unpacked(ImageStore store, String name, GvmiFile file)
      throws Refusal, IOException, InterruptedException {
    try {
      if (store.find(file.sha3()).isEmpty()) {
        store.copyOf(file.file());
      }
      return store.unpack(file.sha3());
    } catch (ImageException e) {
      throw refused(name, String.valueOf(e.getMessage()), e.hint());
    } catch (NotAnImageException e) {
      throw refused(name, "It " + e.getMessage() + ".", "Build it again.");
    }
  }

  private static void tryOut(String name, UnpackedImage image)
      throws Refusal, IOException, InterruptedException {
    try (var inside = ImageShell.open(image, Map.of(), Limits.NONE)) {
      if (!inside.has(SHELL)) {
        throw refused(
            name,
            "It has no `%s`, with which every fragment is started.".formatted(SHELL),
            "Make it of one that has a shell, such as `alpine`.");
      }
      var process = inside.command(List.of(SHELL, "-c", "true")).redirectErrorStream(true).start();
      process.getOutputStream().close();
      var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      var code = process.waitFor();
      if (code != 0) {
        throw refused(
            name,
            "`%s -c true` ended with %d%s.".formatted(SHELL, code, ending(said)),
            "Look around with `golem-pipeline image shell`.");
      }
    }
  }

  private static String ending(String said) {
    return said.isBlank() ? "" : " and said `" + said.lines().findFirst().orElse("").strip() + "`";
  }

  private static Refusal refused(String name, String why, String cure) {
    return Refusal.usage(
        "The image `%s` does not start on this machine. %s".formatted(name, why), cure + LEAVE_OUT);
  }
}
