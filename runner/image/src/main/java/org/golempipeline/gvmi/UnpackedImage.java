package org.golempipeline.gvmi;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * An image whose file system lies unpacked on this machine, to be read by many at once and changed
 * by nobody. What it answers is what a program inside would find: links of the image are followed
 * within it, and nothing outside of its root is ever looked at.
 *
 * @param root its root folder, by its real path
 */
public record UnpackedImage(Path root, ImageConfiguration configuration) {
  /** What container engines set where an image says nothing. */
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /** As many as Linux follows. */
  private static final int LINKS = 40;

  private static final int ELF_HEADER = 20;
  private static final Set<PosixFilePermission> EXECUTABLE =
      Set.of(
          PosixFilePermission.OWNER_EXECUTE,
          PosixFilePermission.GROUP_EXECUTE,
          PosixFilePermission.OTHERS_EXECUTE);

  /** What is at {@code path} in the image, behind all links; a relative path begins at its root. */
  public Optional<Path> find(String path) {
    try {
      return follow(path);
    } catch (IOException | InvalidPathException e) {
      return Optional.empty();
    }
  }

  private Optional<Path> follow(String path) throws IOException {
    var ahead = new ArrayDeque<String>(names(path));
    var at = root;
    var links = 0;
    while (!ahead.isEmpty()) {
      var name = ahead.pop();
      if (name.equals("..")) {
        at = at.equals(root) ? root : Objects.requireNonNull(at.getParent());
        continue;
      }
      var next = at.resolve(name);
      if (Files.isSymbolicLink(next)) {
        if (++links > LINKS) {
          return Optional.empty();
        }
        var target = Files.readSymbolicLink(next).toString();
        var through = names(target);
        for (var i = through.size() - 1; i >= 0; i--) {
          ahead.push(through.get(i));
        }
        at = target.startsWith("/") ? root : at;
      } else if (Files.isDirectory(next, LinkOption.NOFOLLOW_LINKS)
          || ahead.isEmpty() && Files.exists(next, LinkOption.NOFOLLOW_LINKS)) {
        at = next;
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(at);
  }

  private static List<String> names(String path) {
    return Arrays.stream(path.split("/"))
        .filter(name -> !name.isEmpty() && !name.equals("."))
        .toList();
  }

  /** The program that {@code name} starts in the image: found along its PATH, or by its path. */
  public Optional<Path> program(String name) {
    if (name.contains("/")) {
      var base = name.startsWith("/") ? "" : configuration.workingDir().orElse("") + "/";
      return find(base + name).filter(UnpackedImage::isProgram);
    }
    return path().stream()
        .flatMap(folder -> find(folder + "/" + name).stream())
        .filter(UnpackedImage::isProgram)
        .findFirst();
  }

  /** The names of all programs along the PATH of the image. */
  public Set<String> programs() {
    var names = new TreeSet<String>();
    for (var folder : path()) {
      for (var file : list(folder)) {
        var name = String.valueOf(file.getFileName());
        if (find(folder + "/" + name).filter(UnpackedImage::isProgram).isPresent()) {
          names.add(name);
        }
      }
    }
    return names;
  }

  /** The volumes in which the image has something, which is hidden by them. */
  public List<String> hidingVolumes() {
    return configuration.volumes().stream().filter(each -> !list(each).isEmpty()).toList();
  }

  private List<Path> list(String folder) {
    var found = find(folder);
    if (found.isEmpty() || !Files.isDirectory(found.get())) {
      return List.of();
    }
    var files = new ArrayList<Path>();
    try (var stream = Files.newDirectoryStream(found.get())) {
      stream.forEach(files::add);
    } catch (IOException | DirectoryIteratorException e) {
      return List.of();
    }
    return files;
  }

  private List<String> path() {
    return List.of(configuration.variable("PATH").orElse(PATH).split(":"));
  }

  private static boolean isProgram(Path file) {
    try {
      return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          && Files.getPosixFilePermissions(file).stream().anyMatch(EXECUTABLE::contains);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * The machine that a program is made for, as {@code uname -m} says it: {@code x86_64}. Nothing
   * for a script, and for what cannot be read.
   *
   * @param program as {@link #program} finds it
   */
  public static Optional<String> machine(Path program) {
    var header = ByteBuffer.allocate(ELF_HEADER);
    try (var channel = Files.newByteChannel(program)) {
      while (header.hasRemaining() && channel.read(header) >= 0) {
        continue;
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    if (header.hasRemaining() || header.getInt(0) != 0x7f454c46) {
      return Optional.empty();
    }
    var little = header.get(5) == 1;
    var machine =
        header.order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN).getShort(18);
    return Optional.of(
        switch (machine) {
          case 3 -> "i686";
          case 8 -> "mips";
          case 20 -> "ppc";
          case 21 -> little ? "ppc64le" : "ppc64";
          case 22 -> "s390x";
          case 40 -> "armv7l";
          case 62 -> "x86_64";
          case 183 -> "aarch64";
          case 243 -> "riscv64";
          case 258 -> "loongarch64";
          default -> "machine " + machine;
        });
  }

  /** The machine that the image's shell is made for. */
  public Optional<String> machine() {
    return program("/bin/sh").flatMap(UnpackedImage::machine);
  }
}
