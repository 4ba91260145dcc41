package org.golempipeline.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.CharacterCodingException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.golempipeline.spec.Comparison;

/**
 * Tells whether two outputs of the same fragment count as the same. Both are read side by side and
 * once, in little memory, since strangers wrote them. Two outputs with the same bytes are the same
 * in every form; an output that is not what it is read as, or that would need too much memory to
 * be, is compared byte by byte.
 */
public final class OutputComparison {
  private static final int BUFFER = 1 << 16;

  private OutputComparison() {}

  /** Compares two outputs; leaves it to the caller to close them. */
  public static boolean same(InputStream first, InputStream second, Comparison how)
      throws IOException {
    return switch (how.form()) {
      case BYTES -> sameBytes(first, second);
      case TEXT -> TrimmedText.same(first, second);
      case JSON ->
          sameOrElseBytes(
              first, second, (one, other) -> new JsonComparison(how.tolerance()).same(one, other));
      case CSV ->
          sameOrElseBytes(
              first, second, (one, other) -> CsvComparison.same(one, other, how.tolerance()));
    };
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
   * What a reading says, or whether all bytes are the same if one of the two cannot be read so. A
   * reading need not go on to the end once it knows of a difference: the bytes differ as well.
   */
  private static boolean sameOrElseBytes(InputStream first, InputStream second, Reading reading)
      throws IOException {
    var one = new DigestInputStream(first, sha256());
    var other = new DigestInputStream(second, sha256());
    try {
      return reading.same(one, other);
    } catch (JsonProcessingException | CharacterCodingException | UnreadableException e) {
      return Arrays.equals(digestOfAll(one), digestOfAll(other));
    }
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
    boolean same(InputStream first, InputStream second) throws IOException;
  }
}
