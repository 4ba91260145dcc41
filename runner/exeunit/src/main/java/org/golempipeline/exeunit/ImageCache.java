package org.golempipeline.exeunit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Images by their hash, shared by all units of a provider. One is fetched once, under another name,
 * checked, and then moved; a part of one is never used. Thread-safe; blocks.
 */
final class ImageCache {
  private static final Pattern IMAGE =
      Pattern.compile("hash:(?://)?sha3:(?:0x)?([0-9a-f]+):(.*)", Pattern.CASE_INSENSITIVE);

  private final Path folder;
  private final Transfers transfers;
  private final Map<String, Object> locks = new ConcurrentHashMap<>();

  ImageCache(Path folder, Transfers transfers) {
    this.folder = folder;
    this.transfers = transfers;
  }

  /**
   * Sees to it that an image is here. Answers whether it had to be fetched.
   *
   * @param image {@code hash:sha3:<hex>:<url>}
   */
  boolean fetch(String image, ExeHost host, Progress progress)
      throws CommandException, IOException, InterruptedException {
    Matcher parts = IMAGE.matcher(image);
    if (!parts.matches()) {
      throw new CommandException("Local service error: Transfer error: Invalid url: Missing hash");
    }
    String hash = parts.group(1).toLowerCase(Locale.ROOT);
    Path file = folder.resolve(hash + ".gvmi");
    synchronized (locks.computeIfAbsent(hash, unseen -> new Object())) {
      if (Files.exists(file)) {
        return false;
      }
      Files.createDirectories(folder);
      Path part = Files.createTempFile(folder, "part-", ".tmp");
      try {
        transfers.fetchImage(parts.group(2), part, hash, host, progress);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
    }
    return true;
  }
}
