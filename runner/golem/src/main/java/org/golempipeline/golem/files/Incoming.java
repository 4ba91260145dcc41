package org.golempipeline.golem.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;
import org.golempipeline.golem.ByteSink;
import org.jspecify.annotations.Nullable;

/**
 * Puts the chunks of a file that is fetched into order, and checks its hash where it came a long
 * way. A chunk at offset 0 begins anew. Thread-safe.
 */
final class Incoming {
  private static final int WINDOW = 16;

  private final ByteSink sink;
  private final @Nullable MessageDigest digest;
  private final TreeMap<Long, ByteBuffer> early = new TreeMap<>();
  private long next;
  private @Nullable String finishedHash;
  private boolean finished;

  /**
   * @param hashed whether a hash is checked
   */
  Incoming(ByteSink sink, boolean hashed) {
    this.sink = sink;
    this.digest = hashed ? sha3() : null;
  }

  synchronized void chunk(long offset, ByteBuffer content) throws IOException {
    if (offset == 0 && (next > 0 || finished)) {
      restart();
    }
    if (finished || offset < next) {
      throw new IOException("the bytes at " + offset + " came already");
    }
    if (offset > next) {
      if (early.size() >= WINDOW) {
        throw new IOException("the bytes at " + next + " are missing");
      }
      early.put(offset, content);
      return;
    }
    write(content);
    while (!early.isEmpty() && early.firstKey() <= next) {
      var entry = early.pollFirstEntry();
      if (entry.getKey() < next) {
        throw new IOException("the bytes at " + entry.getKey() + " came twice");
      }
      write(entry.getValue());
    }
  }

  /**
   * The file is complete.
   *
   * @throws IOException if it is not, or its hash is another
   */
  synchronized void finish(@Nullable String hash) throws IOException {
    if (finished && Objects.equals(hash, finishedHash)) {
      return;
    }
    if (!early.isEmpty()) {
      throw new IOException("the bytes at " + next + " are missing");
    }
    if (hash != null && digest != null) {
      String actual = HexFormat.of().formatHex(digest.digest());
      if (!actual.equals(normal(hash))) {
        throw new IOException("its SHA3-256 is " + actual + " instead of " + normal(hash));
      }
    }
    sink.finish();
    finished = true;
    finishedHash = hash;
  }

  synchronized boolean isFinished() {
    return finished;
  }

  private void write(ByteBuffer content) throws IOException {
    next += content.remaining();
    if (digest != null) {
      digest.update(content.duplicate());
    }
    sink.write(content);
  }

  private void restart() throws IOException {
    next = 0;
    early.clear();
    if (digest != null) {
      digest.reset();
    }
    finished = false;
    finishedHash = null;
    sink.restart();
  }

  private static String normal(String hash) {
    String lower = hash.toLowerCase(Locale.ROOT);
    return lower.startsWith("0x") ? lower.substring(2) : lower;
  }

  private static MessageDigest sha3() {
    try {
      return MessageDigest.getInstance("SHA3-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
