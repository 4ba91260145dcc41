package org.golempipeline.workplace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.io.FileUtils;
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
      // Of a thousand runs hardly one has anything: the rest is to cost two questions each.
      for (var folder : entries(own.resolve(kind))) {
        var left = useless(folder);
        if (!left.isEmpty() && isFolder(folder) && !SystemLock.isHeld(lock(folder))) {
          commands++;
          found.addAll(Files.exists(folder.resolve(JournalReader.FILE)) ? left : List.of(folder));
        }
      }
    }
    var nodes = ofNodes(memory);
    var besides = EmbeddedNode.abandoned(Scratch.beside(own));
    found.addAll(nodes.folders);
    found.addAll(besides);
    return new LeftOvers(commands + nodes.commands + besides.size(), found);
  }

  /**
   * What nodes left that were killed before anything could clean up behind them.
   *
   * @param temporary where they work
   */
  public static LeftOvers ofNodes(Path temporary) throws IOException {
    var nodes = new ArrayList<>(EmbeddedNode.abandoned(temporary));
    nodes.removeIf(each -> !Scratch.isOurs(each));
    return new LeftOvers(nodes.size(), nodes);
  }

  private static List<Path> entries(Path kind) throws IOException {
    var entries = new ArrayList<Path>();
    try (var each = Files.newDirectoryStream(kind)) {
      each.forEach(entries::add);
    } catch (NoSuchFileException | NotDirectoryException nothing) {
      return entries;
    }
    entries.sort(null);
    return entries;
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

  public long bytes() {
    return folders.stream().mapToLong(each -> FileUtils.sizeOfDirectory(each.toFile())).sum();
  }

  public void remove() throws IOException {
    for (var folder : folders) {
      LeftFiles.remove(folder);
    }
  }
}
