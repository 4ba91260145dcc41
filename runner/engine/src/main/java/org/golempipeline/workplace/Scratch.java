package org.golempipeline.workplace;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.golempipeline.plan.Plan;

/**
 * Chooses where the embedded node's providers work. In memory the many small files of short
 * fragments cost a fraction of what they cost on a disk, but only where memory can hold all the
 * storage that the pipeline asks of its providers; otherwise beside the pipeline file.
 */
public final class Scratch {
  static final Path MEMORY = Path.of("/dev/shm");
  private static final String NAME = "golem-pipeline-";

  /** Those of runs, of their audits and of {@code node}. */
  private static final Pattern OURS =
      Pattern.compile(NAME + "(node-|audits-)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private static final Path MOUNTS = Path.of("/proc/self/mounts");
  private static final Path MEMORY_FIGURES = Path.of("/proc/meminfo");

  private Scratch() {}

  /**
   * A folder for {@code workers} providers, which the node makes and removes.
   *
   * @param beside the folder to take on a disk
   */
  public static Path choose(Plan plan, int workers, Path beside) throws IOException {
    var storage =
        plan.stages().stream().mapToLong(each -> each.spec().resources().storage()).max().orElse(0);
    var needed = storage * workers;
    if (Files.isReadable(MOUNTS)
        && isExecutableMemory(Files.readAllLines(MOUNTS, StandardCharsets.UTF_8))
        && Files.isWritable(MEMORY)
        && Files.getFileStore(MEMORY).getUsableSpace() >= needed
        && available(Files.readAllLines(MEMORY_FIGURES, StandardCharsets.UTF_8)) >= needed) {
      return MEMORY.resolve(NAME + UUID.randomUUID());
    }
    return beside;
  }

  /**
   * Where providers work on a disk, a folder for each run.
   *
   * @param own everything of the pipeline's folder that is ours
   */
  public static Path beside(Path own) {
    return own.resolve("node");
  }

  /** Whether a folder among those of others has the name of one in which a node works. */
  static boolean isOurs(Path folder) {
    return OURS.matcher(String.valueOf(folder.getFileName())).matches();
  }

  /** Whether {@code /dev/shm} is in memory and programs may be run from it. */
  static boolean isExecutableMemory(List<String> mounts) {
    return mounts.stream()
        .map(line -> line.split(" ", -1))
        .filter(words -> words.length > 3 && words[1].equals(MEMORY.toString()))
        .anyMatch(
            words ->
                words[2].equals("tmpfs") && !List.of(words[3].split(",", -1)).contains("noexec"));
  }

  /** Bytes that can be used without swapping, or 0 if nobody says. */
  public static long available(List<String> figures) {
    return figures.stream()
        .filter(line -> line.startsWith("MemAvailable:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
        .findFirst()
        .orElse(0);
  }
}
