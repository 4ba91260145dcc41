package org.golempipeline.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.gvmi.ImageStore;
import org.golempipeline.plainfile.LeftFiles;
import org.golempipeline.report.Words;
import org.golempipeline.workplace.LeftOvers;

/**
 * What {@code doctor --fix} does, and {@code doctor} alone says that it would: only what takes
 * nothing from anybody. A second time there is nothing to do.
 */
record Repairs(boolean wanted) {
  private static final String CURE = "`golem-pipeline doctor --fix` ";

  /**
   * The folder for temporary files, which programs expect and nobody makes.
   *
   * @param folder as the system names it
   */
  Finding temporary(Path folder) {
    if (Files.isDirectory(folder) && Files.isWritable(folder)) {
      return Finding.ok("temporary", "temporary files go to " + folder);
    }
    if (Files.exists(folder)) {
      return Finding.problem(
          "temporary",
          "`%s`, where temporary files go, cannot be written.".formatted(folder),
          "Set `TMPDIR` to a folder that can.");
    }
    if (!wanted) {
      return Finding.problem(
          "temporary",
          "`%s`, where temporary files go, does not exist.".formatted(folder),
          CURE + "makes it; or set `TMPDIR` to one that does.");
    }
    try {
      Files.createDirectories(folder);
      return Finding.ok("temporary", "made %s, where temporary files go".formatted(folder));
    } catch (IOException e) {
      return Finding.problem(
          "temporary",
          "Could not make `%s`, where temporary files go: %s.".formatted(folder, Trouble.reason(e)),
          "Set `TMPDIR` to a folder that exists.");
    }
  }

  /**
   * What commands left on this machine's disk and in its memory that were killed.
   *
   * @param own everything of the pipeline's folder that is ours
   * @param temporary where nodes for other programs work
   * @param images of this user
   */
  Finding scratch(Path own, Path temporary, ImageStore images) {
    try {
      var left = LeftOvers.in(own);
      var ofNodes = LeftOvers.ofNodes(temporary);
      var ofImages = images.leftOvers();
      if (left.commands() == 0 && ofNodes.commands() == 0 && ofImages.isEmpty()) {
        return Finding.ok("scratch", "nothing is left of commands that were killed");
      }
      var what =
          "%s of commands that were killed"
              .formatted(Words.size(left.bytes() + ofNodes.bytes() + bytes(ofImages)));
      if (!wanted) {
        return Finding.warning("scratch", what + " lies about.", CURE + "removes it.");
      }
      left.remove();
      ofNodes.remove();
      images.removeLeftOvers();
      return Finding.ok("scratch", "removed " + what);
    } catch (IOException e) {
      return Finding.warning(
          "scratch",
          "Could not %s what killed commands left: %s."
              .formatted(wanted ? "remove" : "look for", Trouble.reason(e)),
          "Check the permissions of what is named, or remove it as whom it belongs to.");
    }
  }

  private static long bytes(List<Path> paths) throws IOException {
    var bytes = 0L;
    for (var path : paths) {
      bytes += LeftFiles.bytes(path);
    }
    return bytes;
  }
}
