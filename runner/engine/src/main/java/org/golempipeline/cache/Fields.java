package org.golempipeline.cache;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;

/**
 * Feeds named fields to a digest so that no two different sequences of them give the same bytes:
 * each is its tag, its kind, its length, and the value. There is one for every fragment, so they
 * are kept short, and handed on several at a time.
 */
final class Fields {
  private static final char TEXT = 't';
  private static final char DIGEST = 'd';
  private static final char COUNTS = 'n';

  /** The most that a number of the variable form takes. */
  private static final int LONGEST_NUMBER = 5;

  private final MessageDigest digest = Digest.sha256();
  private final ByteBuffer ahead = ByteBuffer.allocate(512);

  Fields text(String tag, String value) {
    var bytes = value.getBytes(StandardCharsets.UTF_8);
    begin(tag, TEXT, bytes.length).bytes(bytes);
    return this;
  }

  Fields digest(String tag, Digest value) {
    value.write(begin(tag, DIGEST, Digest.SIZE).room(Digest.SIZE));
    return this;
  }

  /** A number, or how many fields of one kind follow. */
  Fields count(String tag, long value) {
    begin(tag, COUNTS, 1).room(Long.BYTES).putLong(value);
    return this;
  }

  /** Several numbers. */
  Fields counts(String tag, long... values) {
    begin(tag, COUNTS, values.length);
    for (var value : values) {
      room(Long.BYTES).putLong(value);
    }
    return this;
  }

  /** A map, whose order does not count. */
  Fields texts(String tag, Map<String, String> values) {
    count(tag, values.size());
    if (!values.isEmpty()) {
      new TreeMap<>(values).forEach((name, value) -> text("name", name).text("value", value));
    }
    return this;
  }

  Digest end() {
    handOn();
    return Digest.of(digest);
  }

  private Fields begin(String tag, char kind, int length) {
    var name = tag.getBytes(StandardCharsets.UTF_8);
    number(name.length);
    bytes(name);
    room(1).put((byte) kind);
    number(length);
    return this;
  }

  /** Seven bits a byte; the last one is below 128. */
  private void number(int value) {
    var target = room(LONGEST_NUMBER);
    var rest = value;
    while (rest > 127) {
      target.put((byte) (rest & 127 | 128));
      rest >>>= 7;
    }
    target.put((byte) rest);
  }

  private void bytes(byte[] value) {
    if (value.length > ahead.remaining()) {
      handOn();
    }
    if (value.length > ahead.remaining()) {
      digest.update(value);
    } else {
      ahead.put(value);
    }
  }

  private ByteBuffer room(int bytes) {
    if (bytes > ahead.remaining()) {
      handOn();
    }
    return ahead;
  }

  private void handOn() {
    digest.update(ahead.array(), 0, ahead.position());
    ahead.clear();
  }
}
