package org.golempipeline.workplace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.commons.io.FileUtils;
import org.golempipeline.filelock.SystemLock;
import org.golempipeline.journal.JournalReader;
import org.golempipeline.node.EmbeddedNode;

/**
 * What commands that were killed left in {@code .golem-pipeline} and nobody needs any more: all of
 * one that was still planning, and of a run that had begun everything but its journal and logs. And
 * what providers of this user left in memory or there, of whatever pipeline. What a living process
 * works with is not among it.
 *
 * @param commands how many left something
 */
public record LeftOvers(int commands, List<Path> folders) {
  private static final List<String> KINDS = List.of("runs", "plans", "starts");

  public LeftOvers {
    folders = List.copyOf(folders);
  }

  /** What is locked as long as the command lives whose folder {@code folder} is. */
  static Path lock(Path folder) {
    return folder.resolve("lock");
  }

  /** Made after the lock was taken. */
  public static Path work(Path folder) {
    return folder.resolve("work");
  }

  /**
   * @param own everything of the pipeline's folder that is ours
   */
  public static LeftOvers in(Path own) throws IOException {
    return in(own, Scratch.MEMORY);
  }

  /**
   * @param memory in which providers may have worked
   */
  static LeftOvers in(Path own, Path memory) throws IOException {
    var commands = 0;
    var found = new ArrayList<Path>();
    for (var kind : KINDS) {
      for (var folder : foldersIn(own.resolve(kind))) {
        var useless = List.of(work(folder), folder.resolve("staged"));
        var left = useless.stream().filter(LeftOvers::isFolder).toList();
        if (!left.isEmpty() && !SystemLock.isHeld(lock(folder))) {
          commands++;
          found.addAll(Files.exists(folder.resolve(JournalReader.FILE)) ? left : List.of(folder));
        }
      }
    }
    var nodes = new ArrayList<>(EmbeddedNode.abandoned(memory));
    nodes.removeIf(each -> !Scratch.isOurs(each));
    nodes.addAll(EmbeddedNode.abandoned(Scratch.beside(own)));
    found.addAll(nodes);
    commands += nodes.size();
    return new LeftOvers(commands, found);
  }

  private static TreeSet<Path> foldersIn(Path kind) throws IOException {
    var folders = new TreeSet<Path>();
    try (var each = Files.newDirectoryStream(kind, LeftOvers::isFolder)) {
      each.forEach(folders::add);
    } catch (NoSuchFileException | NotDirectoryException nothing) {
      return folders;
    }
    return folders;
  }

  private static boolean isFolder(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** Makes room for a command that can go on without. */
  public static void removeIfPossible(Path own) {
    try {
      in(own).remove();
    } catch (IOException e) {
      // `clean` says what keeps it
    }
  }

  public long bytes() {
    return folders.stream().mapToLong(each -> FileUtils.sizeOfDirectory(each.toFile())).sum();
  }

  public void remove() throws IOException {
    for (var folder : folders) {
      FileUtils.deleteDirectory(folder.toFile());
    }
  }
}
