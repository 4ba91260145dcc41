package org.golempipeline.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * What the system says of a file without reading it. Where there is a time of the last change of
 * anything (which programs cannot set), it counts as well.
 *
 * @param modified in nanoseconds, as is {@code changed}
 * @param key tells files apart that had the same path one after the other
 */
record FileStamp(long size, long modified, long changed, String key) {
  /** The coarsest clock of a file system in use. */
  private static final Duration COARSE = Duration.ofSeconds(2);

  static FileStamp of(Path file) throws IOException {
    if (file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      var all = Files.readAttributes(file, "unix:size,lastModifiedTime,ctime,ino,dev");
      return new FileStamp(
          (Long) value(all, "size"),
          nanoseconds((FileTime) value(all, "lastModifiedTime")),
          nanoseconds((FileTime) value(all, "ctime")),
          value(all, "dev") + ":" + value(all, "ino"));
    }
    var basic = Files.readAttributes(file, BasicFileAttributes.class);
    var modified = nanoseconds(basic.lastModifiedTime());
    return new FileStamp(basic.size(), modified, modified, String.valueOf(basic.fileKey()));
  }

  private static Object value(Map<String, Object> all, String name) {
    return Objects.requireNonNull(all.get(name), name);
  }

  private static long nanoseconds(FileTime time) {
    return time.to(TimeUnit.NANOSECONDS);
  }

  /** Whether the file could be changed right after {@code now} without a difference to be seen. */
  boolean isRacy(Instant now) {
    return Math.max(modified, changed) >= nanoseconds(FileTime.from(now.minus(COARSE)));
  }

  /** Tells two states of the same file apart, in eight bytes. */
  long mixed() {
    return ((size * 31 + modified) * 0x9e3779b97f4a7c15L + changed) * 31 + key.hashCode();
  }

  void addTo(Fields fields) {
    fields.counts("stamp", size, modified, changed).text("key", key);
  }
}
