package org.golempipeline.rehearse;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Every file below a folder as the system describes it, to see later what became of them. */
final class FolderState {
  private final Map<String, String> stamps;
  private final boolean whole;

  private FolderState(Map<String, String> stamps, boolean whole) {
    this.stamps = stamps;
    this.whole = whole;
  }

  /**
   * @param most files to look at; of a larger folder nothing is known
   * @param watched by the path relative to the folder; what is below others is not looked at either
   */
  static FolderState of(Path folder, int most, Predicate<String> watched) throws IOException {
    var stamps = new TreeMap<String, String>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            return path.equals(folder) ? FileVisitResult.CONTINUE : add(path, "folder");
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes found) {
            var stamp =
                "%d %s %s".formatted(found.size(), found.lastModifiedTime(), found.fileKey());
            return add(path, stamp);
          }

          @Override
          public FileVisitResult visitFileFailed(Path path, IOException e) {
            return FileVisitResult.CONTINUE; // It has just gone, or is none of our business.
          }

          @Override
          public FileVisitResult postVisitDirectory(Path path, IOException e) {
            return FileVisitResult.CONTINUE;
          }

          private FileVisitResult add(Path path, String stamp) {
            var name = folder.relativize(path).toString();
            if (!watched.test(name)) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            stamps.put(name, stamp);
            return stamps.size() > most ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
          }
        });
    return new FolderState(stamps, stamps.size() <= most);
  }

  /** In words, what is new, other or gone now; a new folder stands for all that is in it. */
  List<String> changes(FolderState now) {
    return changes(now, name -> false);
  }

  /**
   * The same, where copies come into the folder of what is changed elsewhere.
   *
   * @param known whether there was such a path elsewhere
   */
  List<String> changes(FolderState now, Predicate<String> known) {
    var changes = new ArrayList<String>();
    if (!whole || !now.whole) {
      return changes;
    }
    var inside = "";
    for (var each : now.stamps.entrySet()) {
      var before = stamps.get(each.getKey());
      if (before == null && (inside.isEmpty() || !each.getKey().startsWith(inside))) {
        var folder = each.getValue().equals("folder");
        if (known.test(each.getKey())) {
          if (!folder) {
            changes.add("`%s` changed".formatted(each.getKey()));
          }
          continue;
        }
        inside = folder ? each.getKey() + "/" : inside;
        changes.add("`%s%s` is new".formatted(each.getKey(), folder ? "/" : ""));
      } else if (before != null && !before.equals(each.getValue())) {
        changes.add("`%s` changed".formatted(each.getKey()));
      }
    }
    for (var name : stamps.keySet()) {
      if (!now.stamps.containsKey(name)) {
        changes.add("`%s` is gone".formatted(name));
      }
    }
    return changes;
  }
}
