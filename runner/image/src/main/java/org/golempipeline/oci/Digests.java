package org.golempipeline.oci;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.golempipeline.plainfile.PlainFile;

/** SHA-256 as container images write it. */
final class Digests {
  private static final String PREFIX = "sha256:";
  private static final int BUFFER = 1 << 16;
  private static final int MODE = 07777;

  private Digests() {}

  static String ofFile(Path file) throws IOException {
    try (var content = PlainFile.stream(file)) {
      return of(content);
    }
  }

  static String of(InputStream content) throws IOException {
    var digest = sha256();
    update(digest, content);
    return PREFIX + HexFormat.of().formatHex(digest.digest());
  }

  /** Of the names, kinds, modes and contents of everything in a folder; times do not matter. */
  static String ofFolder(Path folder) throws IOException {
    var digest = sha256();
    var files = folder.toRealPath();
    try (var walk = Files.walk(files)) {
      for (var each : (Iterable<Path>) walk.sorted()::iterator) {
        var mode = (int) Files.getAttribute(each, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        var link = Files.isSymbolicLink(each);
        var file = Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS);
        var name = files.relativize(each) + "\0";
        var kind = link ? "l" : file ? "f" : "d";
        // A link has no mode of its own.
        digest.update((name + kind + (link ? 0 : mode & MODE)).getBytes(StandardCharsets.UTF_8));
        if (link) {
          digest.update(("\0" + Files.readSymbolicLink(each)).getBytes(StandardCharsets.UTF_8));
        } else if (file) {
          digest.update(("\0" + Files.size(each)).getBytes(StandardCharsets.UTF_8));
          try (var content = PlainFile.stream(each)) {
            update(digest, content);
          }
        }
        digest.update((byte) 0);
      }
    }
    return PREFIX + HexFormat.of().formatHex(digest.digest());
  }

  private static void update(MessageDigest digest, InputStream content) throws IOException {
    var buffer = new byte[BUFFER];
    for (var count = content.read(buffer); count >= 0; count = content.read(buffer)) {
      digest.update(buffer, 0, count);
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
