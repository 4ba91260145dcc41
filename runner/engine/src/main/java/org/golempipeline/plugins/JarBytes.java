package org.golempipeline.plugins;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.golempipeline.diagnostic.Trouble;
import org.golempipeline.plainfile.PlainFile;

/**
 * A file read into memory at once: so the digest is that of what is loaded, and a build that
 * replaces the file during a run changes nothing.
 *
 * @param file where it was
 * @param name how people call it
 * @param bytes not to be changed
 */
record JarBytes(Path file, String name, byte[] bytes, String sha256) {
  static final long LARGEST_UNPACKED = 192L << 20;

  /** Each takes memory, however small it is. */
  static final int MOST_ENTRIES = 100_000;

  private static final long LARGEST = 64L << 20;

  static JarBytes read(Path file, String name) throws PluginException {
    try {
      if (Files.isDirectory(file)) {
        throw broken("`%s` is a folder.".formatted(name));
      }
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw broken("`%s` is not a file.".formatted(name));
      }
      if (Files.size(file) > LARGEST) {
        throw tooLarge(name);
      }
      var bytes = PlainFile.bytes(file);
      return new JarBytes(file, name, bytes, digest(bytes));
    } catch (NoSuchFileException e) {
      throw new PluginException(
          PluginDiagnosticIds.PLUGIN_MISSING,
          "There is no jar `%s`.".formatted(name),
          "Build or fetch it, or name the file that it is.");
    } catch (IOException e) {
      throw new PluginException(
          PluginDiagnosticIds.PLUGIN_MISSING,
          "Could not read `%s`: %s.".formatted(name, Trouble.reason(e)),
          "Check its permissions.");
    }
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static PluginException tooLarge(String name) {
    return new PluginException(
        PluginDiagnosticIds.PLUGIN_BROKEN,
        "`%s` is too large for a plugin: %d MiB, or %d MiB and %d entries unpacked with its libraries, is the most."
            .formatted(name, LARGEST >> 20, LARGEST_UNPACKED >> 20, MOST_ENTRIES),
        "Leave data out of the jar: pipelines give it to providers with `files`.");
  }

  static PluginException broken(String message) {
    return new PluginException(
        PluginDiagnosticIds.PLUGIN_BROKEN,
        message,
        "Name the jar that the plugin's build makes, such as `target/my-splitter-1.0.0.jar`.");
  }
}
