package org.golempipeline.gvmi;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/**
 * The files of an image as they lie unpacked: of this user, harmless, and counted.
 *
 * @param entries files and folders that there are
 * @param bytes of the files, each counted once whatever names it has
 */
record UnpackedFiles(long entries, long bytes) {
  private static final int FILE_TYPE = 0170000;
  private static final int FILE = 0100000;
  private static final int CHARACTER_DEVICE = 0020000;
  private static final int BLOCK_DEVICE = 0060000;
  private static final int AS_SOMEBODY_ELSE = 06000;

  /** Makes all files this user's and harmless, and counts them. */
  static UnpackedFiles settle(Path root) throws IOException {
    var me = Files.getAttribute(root.resolveSibling("."), "unix:uid");
    var asRoot = me.equals(0);
    var counter =
        new SimpleFileVisitor<Path>() {
          private final Set<Object> linked = new HashSet<>();
          private long seen;
          private long bytes;

          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
              throws IOException {
            take(path);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
              throws IOException {
            take(path);
            return FileVisitResult.CONTINUE;
          }

          /** A folder that may not be read; for its owner that is a matter of its mode. */
          @Override
          public FileVisitResult visitFileFailed(Path path, IOException e) throws IOException {
            var mode = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
            if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
              throw e;
            }
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
            Files.walkFileTree(path, this);
            Files.setPosixFilePermissions(path, mode);
            return FileVisitResult.CONTINUE;
          }

          private void take(Path path) throws IOException {
            var now =
                Files.readAttributes(
                    path, "unix:mode,uid,gid,nlink,ino,size", LinkOption.NOFOLLOW_LINKS);
            var mode = (int) Objects.requireNonNull(now.get("mode"));
            var type = mode & FILE_TYPE;
            if (type == CHARACTER_DEVICE || type == BLOCK_DEVICE) {
              Files.delete(path);
              return;
            }
            seen++;
            var once = Integer.valueOf(1).equals(now.get("nlink"));
            if (type == FILE && (once || linked.add(now.get("ino")))) {
              bytes += (long) Objects.requireNonNull(now.get("size"));
            }
            if (asRoot && !Integer.valueOf(0).equals(now.get("uid"))) {
              Files.setAttribute(path, "unix:uid", 0, LinkOption.NOFOLLOW_LINKS);
            }
            if (asRoot && !Integer.valueOf(0).equals(now.get("gid"))) {
              Files.setAttribute(path, "unix:gid", 0, LinkOption.NOFOLLOW_LINKS);
            }
            if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                && (mode & AS_SOMEBODY_ELSE) != 0) {
              Files.setAttribute(path, "unix:mode", mode & ~AS_SOMEBODY_ELSE & ~FILE_TYPE);
            }
          }
        };
    Files.walkFileTree(root, counter);
    return new UnpackedFiles(counter.seen, counter.bytes);
  }
}
