package org.golempipeline.cache;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;

/**
 * Feeds named fields to a digest so that no two different sequences of them give the same bytes:
 * each is its tag, its length, and the value.
 */
final class Fields {
  private static final char TEXT = 't';
  private static final char DIGEST = 'd';
  private static final char COUNT = 'n';

  private final MessageDigest digest = Digest.sha256();
  private final ByteBuffer head = ByteBuffer.allocate(Long.BYTES);

  Fields text(String tag, String value) {
    return field(tag, TEXT, value.getBytes(StandardCharsets.UTF_8));
  }

  Fields digest(String tag, Digest value) {
    return field(tag, DIGEST, value.bytes());
  }

  /** A number, or how many fields of one kind follow. */
  Fields count(String tag, long value) {
    return field(tag, COUNT, head.clear().putLong(value).array().clone());
  }

  /** A map, whose order does not count. */
  Fields texts(String tag, Map<String, String> values) {
    count(tag, values.size());
    new TreeMap<>(values).forEach((name, value) -> text("name", name).text("value", value));
    return this;
  }

  Digest end() {
    return Digest.of(digest);
  }

  private Fields field(String tag, char kind, byte[] value) {
    bytes(tag.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) kind);
    bytes(value);
    return this;
  }

  private void bytes(byte[] value) {
    digest.update(head.clear().putLong(value.length).array());
    digest.update(value);
  }
}
