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

/**
 * What the system says of a file without reading it. Where there is a time of the last change of
 * anything (which programs cannot set), it counts as well.
 *
 * @param key tells files apart that had the same path one after the other
 */
record FileStamp(long size, FileTime modified, FileTime changed, String key) {
  /** The coarsest clock of a file system in use. */
  private static final Duration COARSE = Duration.ofSeconds(2);

  static FileStamp of(Path file) throws IOException {
    if (file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      var all = Files.readAttributes(file, "unix:size,lastModifiedTime,ctime,ino,dev");
      return new FileStamp(
          (Long) value(all, "size"),
          (FileTime) value(all, "lastModifiedTime"),
          (FileTime) value(all, "ctime"),
          value(all, "dev") + ":" + value(all, "ino"));
    }
    var basic = Files.readAttributes(file, BasicFileAttributes.class);
    return new FileStamp(
        basic.size(),
        basic.lastModifiedTime(),
        basic.lastModifiedTime(),
        String.valueOf(basic.fileKey()));
  }

  private static Object value(Map<String, Object> all, String name) {
    return Objects.requireNonNull(all.get(name), name);
  }

  /** Whether the file could be changed right after {@code now} without a difference to be seen. */
  boolean isRacy(Instant now) {
    var latest = modified.compareTo(changed) > 0 ? modified : changed;
    return !latest.toInstant().isBefore(now.minus(COARSE));
  }

  void addTo(Fields fields) {
    fields.count("size", size);
    addTo(fields, "modified", modified.toInstant());
    addTo(fields, "changed", changed.toInstant());
    fields.text("key", key);
  }

  private static void addTo(Fields fields, String tag, Instant time) {
    fields.count(tag, time.getEpochSecond()).count(tag, time.getNano());
  }
}
