package org.golempipeline.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * A digest of all that the published result of a stage depends on: the content keys of its
 * fragments, what their results are called, and how they are merged.
 */
final class ResultKey {
  private final MessageDigest digest;

  ResultKey() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has it", e);
    }
  }

  ResultKey text(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
    digest.update(bytes);
    return this;
  }

  ResultKey texts(Map<String, String> texts) {
    text(Integer.toString(texts.size()));
    new TreeMap<>(texts).forEach((name, value) -> text(name).text(value));
    return this;
  }

  /** The result of a fragment. */
  ResultKey fragment(StageRuntime stage, int index) throws IOException {
    var key = stage.key(index);
    digest.update(
        ByteBuffer.allocate(36)
            .putInt(index)
            .putLong(key.first())
            .putLong(key.second())
            .putLong(key.third())
            .putLong(key.fourth())
            .flip());
    return this;
  }

  /** In hexadecimal digits. */
  String end() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
