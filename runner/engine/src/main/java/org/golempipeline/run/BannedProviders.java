package org.golempipeline.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.golempipeline.plainfile.PlainFile;

/**
 * Providers that the runs of one folder never rent from again. Each is a file of its own that says
 * why, so that several runs and the user may ban and allow at the same time.
 */
public final class BannedProviders {
  /** An id goes into a file name: the daemon's are addresses, and others need not be kept. */
  private static final Pattern ID = Pattern.compile("[0-9A-Za-z_-]{1,100}");

  private static final int LONGEST_REASON = 1000;

  private final Path folder;

  /**
   * @param own what is kept beside the pipeline files
   */
  public BannedProviders(Path own) {
    this.folder = own.resolve("banned");
  }

  /** Whether {@code id} can be one of a provider. */
  public static boolean isId(String id) {
    return ID.matcher(id).matches();
  }

  /** The reasons by id. What cannot be read bans nobody. */
  public SortedMap<String, String> all() throws IOException {
    var reasons = new TreeMap<String, String>();
    try (var files = Files.newDirectoryStream(folder)) {
      for (var file : files) {
        var id = String.valueOf(file.getFileName());
        if (isId(id) && Files.isRegularFile(file)) {
          reasons.put(id, reason(file));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException nobody) {
      return reasons;
    }
    return reasons;
  }

  /** A process that died while it wrote leaves a ban without a reason. */
  private static String reason(Path file) throws IOException {
    try (var content = PlainFile.stream(file)) {
      return new String(content.readNBytes(LONGEST_REASON), StandardCharsets.UTF_8).strip();
    }
  }

  /**
   * Bans a provider.
   *
   * @throws IOException if it cannot be written down
   */
  public void add(String id, String reason) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(file(id), reason + "\n");
  }

  /** Allows a provider again; false if it was not banned. */
  public boolean remove(String id) throws IOException {
    return Files.deleteIfExists(file(id));
  }

  private Path file(String id) throws IOException {
    if (!isId(id)) {
      throw new IOException("`" + id + "` is not the id of a provider");
    }
    return folder.resolve(id);
  }
}
