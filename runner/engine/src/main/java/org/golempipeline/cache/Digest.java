package org.golempipeline.cache;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256. Four numbers instead of an array, since there are many of them. */
public record Digest(long first, long second, long third, long fourth) {
  /** Length in bytes. */
  static final int SIZE = 32;

  /** The digest in the next bytes of {@code buffer}. */
  static Digest read(ByteBuffer buffer) {
    return new Digest(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
  }

  /** What {@code digest} makes of all it was given. */
  static Digest of(MessageDigest digest) {
    return read(ByteBuffer.wrap(digest.digest()));
  }

  static Digest of(byte[] content) {
    var digest = sha256();
    digest.update(content);
    return of(digest);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has it", e);
    }
  }

  /** The digest that {@link #toString} wrote. */
  public static Digest parse(String hex) {
    var bytes = HexFormat.of().parseHex(hex);
    if (bytes.length != SIZE) {
      throw new IllegalArgumentException("not a SHA-256: " + hex);
    }
    return read(ByteBuffer.wrap(bytes));
  }

  void write(ByteBuffer buffer) {
    buffer.putLong(first).putLong(second).putLong(third).putLong(fourth);
  }

  byte[] bytes() {
    var buffer = ByteBuffer.allocate(SIZE);
    write(buffer);
    return buffer.array();
  }

  /** 64 lower-case hexadecimal digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes());
  }
}
