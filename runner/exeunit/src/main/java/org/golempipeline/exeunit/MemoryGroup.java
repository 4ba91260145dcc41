package org.golempipeline.exeunit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A control group of this machine that bounds the memory of the processes in it, where this user
 * may make one: below or beside the group of this process. Both versions of the interface are
 * known. A group that a process left which was killed is removed when the next one is made.
 */
final class MemoryGroup implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MemoryGroup.class);
  private static final Path OWN = Path.of("/proc/self/cgroup");
  private static final Path ROOT = Path.of("/sys/fs/cgroup");
  private static final String NAME = "golem-pipeline-";
  private static final int REMOVALS = 50;

  private final Path folder;

  private MemoryGroup(Path folder) {
    this.folder = folder;
  }

  /** A group for so many bytes, if that can be had. */
  static Optional<MemoryGroup> make(long bytes) {
    try {
      for (String line : Files.readAllLines(OWN)) {
        String[] parts = line.split(":", 3);
        if (parts.length < 3) {
          continue;
        }
        String own = parts[2].substring(1);
        if (parts[1].isEmpty()) {
          for (Path above :
              List.of(ROOT.resolve(own), ROOT.resolve(own).resolve("..").normalize())) {
            if (above.startsWith(ROOT) && lists(above.resolve("cgroup.subtree_control"))) {
              Optional<MemoryGroup> made = make(above, "memory.max", bytes);
              if (made.isPresent()) {
                // Else it would go to the swap instead.
                write(made.get().folder.resolve("memory.swap.max"), 0);
                return made;
              }
            }
          }
        } else if (List.of(parts[1].split(",")).contains("memory")) {
          Optional<MemoryGroup> made =
              make(ROOT.resolve("memory").resolve(own), "memory.limit_in_bytes", bytes);
          if (made.isPresent()) {
            return made;
          }
        }
      }
    } catch (IOException e) {
      // There are none on this system.
    }
    return Optional.empty();
  }

  private static boolean lists(Path controllers) {
    try {
      return List.of(Files.readString(controllers).strip().split(" ")).contains("memory");
    } catch (IOException e) {
      return false;
    }
  }

  private static Optional<MemoryGroup> make(Path above, String limit, long bytes) {
    if (!Files.isWritable(above)) {
      return Optional.empty();
    }
    removeEmpty(above);
    Path folder = above.resolve(NAME + ProcessHandle.current().pid() + "-" + UUID.randomUUID());
    try {
      Files.createDirectory(folder);
    } catch (IOException e) {
      return Optional.empty();
    }
    MemoryGroup group = new MemoryGroup(folder);
    if (!write(folder.resolve(limit), bytes)) {
      group.close();
      return Optional.empty();
    }
    return Optional.of(group);
  }

  private static void removeEmpty(Path above) {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(above, NAME + "*")) {
      for (Path each : left) {
        String owner = each.getFileName().toString().substring(NAME.length()).split("-", 2)[0];
        if (owner.matches("[0-9]{1,9}")
            && ProcessHandle.of(Long.parseLong(owner)).isEmpty()
            && each.toFile().delete()) {
          LOG.debug("removed {}", each);
        }
      }
    } catch (IOException e) {
      // The next one may.
    }
  }

  private static boolean write(Path file, long value) {
    try {
      Files.write(file, String.valueOf(value).getBytes(StandardCharsets.US_ASCII));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** A process that writes its number there is in it, with all that it starts. */
  Path processes() {
    return folder.resolve("cgroup.procs");
  }

  /** To be called when nothing runs in it any more. */
  @Override
  public void close() {
    // The system takes a moment to notice that the last process has gone.
    for (int i = 0; i < REMOVALS && Files.exists(folder) && !folder.toFile().delete(); i++) {
      Thread.onSpinWait();
    }
  }
}
