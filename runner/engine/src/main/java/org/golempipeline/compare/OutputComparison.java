package org.golempipeline.compare;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.golempipeline.spec.Comparison;

/**
 * Tells whether two outputs of the same fragment count as the same. Both are read side by side and
 * once, in little memory, since strangers wrote them. Two outputs with the same bytes are the same
 * in every form. If only one of two is what it is read as, they are different; if neither is, or
 * telling would need too much memory, nobody knows.
 */
public final class OutputComparison {
  private static final int BUFFER = 1 << 16;

  private OutputComparison() {}

  /** Compares two outputs; leaves it to the caller to close them. */
  public static Likeness compare(InputStream first, InputStream second, Comparison how)
      throws IOException {
    return switch (how.form()) {
      case BYTES -> sameBytes(first, second) ? Likeness.SAME : Likeness.DIFFERENT;
      case TEXT -> TrimmedText.compare(first, second);
      case JSON ->
          unlessSameBytes(
              first, second, (one, other) -> JsonComparison.compare(one, other, how.tolerance()));
      case CSV ->
          unlessSameBytes(
              first, second, (one, other) -> CsvComparison.compare(one, other, how.tolerance()));
    };
  }

  /** Whether two outputs are known to be the same; leaves it to the caller to close them. */
  public static boolean same(InputStream first, InputStream second, Comparison how)
      throws IOException {
    return compare(first, second, how) == Likeness.SAME;
  }

  private static boolean sameBytes(InputStream first, InputStream second) throws IOException {
    var one = new byte[BUFFER];
    var other = new byte[BUFFER];
    while (true) {
      var length = first.readNBytes(one, 0, BUFFER);
      var otherLength = second.readNBytes(other, 0, BUFFER);
      if (!Arrays.equals(one, 0, length, other, 0, otherLength)) {
        return false;
      }
      if (length < BUFFER) {
        return true;
      }
    }
  }

  /**
   * What a reading says, or that the two are the same if it does not know and all bytes are. A
   * reading need not go on to the end once it knows of a difference: the bytes differ as well.
   */
  private static Likeness unlessSameBytes(InputStream first, InputStream second, Reading reading)
      throws IOException {
    var one = new DigestInputStream(first, sha256());
    var other = new DigestInputStream(second, sha256());
    var likeness = Likeness.UNKNOWN;
    try {
      likeness = reading.compare(one, other);
    } catch (UncertainException e) {
      // nobody knows
    }
    return likeness == Likeness.UNKNOWN && Arrays.equals(digestOfAll(one), digestOfAll(other))
        ? Likeness.SAME
        : likeness;
  }

  private static byte[] digestOfAll(DigestInputStream stream) throws IOException {
    stream.transferTo(OutputStream.nullOutputStream());
    return stream.getMessageDigest().digest();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @FunctionalInterface
  private interface Reading {
    Likeness compare(InputStream first, InputStream second) throws IOException;
  }
}
