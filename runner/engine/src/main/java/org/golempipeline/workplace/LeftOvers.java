package org.golempipeline.workplace;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.golempipeline.filelock.SystemLock;
import org.golempipeline.journal.JournalReader;
import org.golempipeline.node.EmbeddedNode;
import org.golempipeline.plainfile.LeftFiles;

/**
 * What commands that were killed left in {@code .golem-pipeline} and nobody needs any more: all of
 * one that was still planning, and of a run that had begun everything but its journal and logs. And
 * what providers of this user left in memory or there, of whatever pipeline. What a living process
 * works with is not among it.
 *
 * @param commands how many left something
 * @param folders that they left
 * @param around folders that held some of them, and go too if nothing else is there
 */
public record LeftOvers(int commands, List<Path> folders, List<Path> around) {
  private static final List<String> KINDS = List.of("runs", "plans", "starts");

  public LeftOvers {
    folders = List.copyOf(folders);
    around = List.copyOf(around);
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
      // Of a thousand runs hardly one has anything: the rest is to cost two questions each.
      for (var folder : LeftFiles.inside(own.resolve(kind))) {
        var left = useless(folder);
        if (!left.isEmpty() && isFolder(folder) && !SystemLock.isHeld(lock(folder))) {
          commands++;
          found.addAll(Files.exists(folder.resolve(JournalReader.FILE)) ? left : List.of(folder));
        }
      }
    }
    var inMemory = ofNodes(memory);
    var besides = ofNodes(Scratch.beside(own), folder -> true);
    found.addAll(inMemory.folders);
    found.addAll(besides.folders);
    var around = new ArrayList<>(inMemory.around);
    around.addAll(besides.around);
    return new LeftOvers(commands + inMemory.commands + besides.commands, found, around);
  }

  /**
   * What nodes left that were killed before anything could clean up behind them.
   *
   * @param temporary where they work, and others too
   */
  public static LeftOvers ofNodes(Path temporary) throws IOException {
    return ofNodes(temporary, Scratch::isOurs);
  }

  private static LeftOvers ofNodes(Path place, Predicate<Path> ours) throws IOException {
    var found = new ArrayList<Path>();
    var around = new ArrayList<Path>();
    for (var folder : LeftFiles.inside(place)) {
      if (ours.test(folder) && isFolder(folder)) {
        var abandoned = abandoned(folder);
        if (!abandoned.isEmpty()) {
          found.addAll(abandoned);
          around.add(folder);
        }
      }
    }
    return new LeftOvers(around.size(), found, around);
  }

  private static List<Path> abandoned(Path folder) {
    try {
      return EmbeddedNode.abandoned(folder);
    } catch (IOException e) {
      return List.of(); // another user's, most likely
    }
  }

  private static List<Path> useless(Path folder) {
    var found = new ArrayList<Path>(2);
    for (var path : List.of(work(folder), folder.resolve("staged"))) {
      if (isFolder(path)) {
        found.add(path);
      }
    }
    return found;
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

  public long bytes() throws IOException {
    var bytes = 0L;
    for (var folder : folders) {
      bytes += LeftFiles.bytes(folder);
    }
    return bytes;
  }

  public void remove() throws IOException {
    for (var folder : folders) {
      LeftFiles.remove(folder);
    }
    for (var folder : around) {
      try {
        Files.deleteIfExists(folder);
      } catch (DirectoryNotEmptyException e) {
        // somebody else's
      }
    }
  }
}
