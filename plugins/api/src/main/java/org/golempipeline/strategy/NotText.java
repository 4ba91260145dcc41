package org.golempipeline.strategy;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What content is that looks like lines and is none: compressed, an archive, or in an encoding
 * where a line feed is more than one byte. Told by its first bytes, in which every format but
 * UTF-16 without a byte order mark has something that no text has. That one is seen by its zero
 * bytes, which text does not have either: all pairs are sound characters, and at least half of the
 * line feeds are such pairs, or, where there is no line feed, three quarters of the pairs have a
 * zero. Brotli has no mark and is never seen.
 *
 * @param what ends a sentence that begins with "It is": {@code compressed with gzip}
 * @param encoding for {@code iconv -f}, null for what must be unpacked
 */
public record NotText(String what, @Nullable String encoding) {
  /** How many bytes from the start are enough. */
  public static final int HEAD = 1 << 12;

  private static final int TAR_MAGIC = 257;
  private static final int ANY = -1;

  /** Planes behind have no letters; two units of UTF-16 would be read as one of theirs. */
  private static final int LAST_CHARACTER = 0x3ffff;

  private record Magic(String what, int at, int... bytes) {
    boolean isIn(byte[] head, int length) {
      if (length < at + bytes.length) {
        return false;
      }
      for (var i = 0; i < bytes.length; i++) {
        if (bytes[i] != ANY && (head[at + i] & 0xff) != bytes[i]) {
          return false;
        }
      }
      return true;
    }
  }

  private static final Magic[] PACKED = {
    new Magic("compressed with gzip", 0, 0x1f, 0x8b),
    new Magic("compressed with zstd", 0, 0x28, 0xb5, 0x2f, 0xfd),
    new Magic("compressed with bzip2", 0, 'B', 'Z', 'h', ANY, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59),
    new Magic("compressed with bzip2", 0, 'B', 'Z', 'h', ANY, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90),
    new Magic("compressed with xz", 0, 0xfd, '7', 'z', 'X', 'Z', 0),
    new Magic("compressed with lz4", 0, 0x04, 0x22, 0x4d, 0x18),
    new Magic("compressed with lz4", 0, 0x02, 0x21, 0x4c, 0x18),
    new Magic("compressed with zstd or lz4", 0, ANY, 0x2a, 0x4d, 0x18),
    new Magic("compressed with compress", 0, 0x1f, 0x9d),
    new Magic("compressed with pack", 0, 0x1f, 0x1e),
    new Magic("compressed with lzh", 0, 0x1f, 0xa0),
    new Magic("compressed with lzip", 0, 'L', 'Z', 'I', 'P', 1),
    new Magic("compressed with lzop", 0, 0x89, 'L', 'Z', 'O', 0, 0x0d, 0x0a, 0x1a, 0x0a),
    new Magic("compressed with snappy", 0, 0xff, 6, 0, 0, 's', 'N', 'a', 'P', 'p', 'Y'),
    new Magic("a zip archive", 0, 'P', 'K', 3, 4),
    new Magic("a zip archive", 0, 'P', 'K', 5, 6),
    new Magic("a zip archive", 0, 'P', 'K', 7, 8),
    new Magic("a 7z archive", 0, '7', 'z', 0xbc, 0xaf, 0x27, 0x1c),
    new Magic("a rar archive", 0, 'R', 'a', 'r', '!', 0x1a, 7),
    new Magic("a tar archive", TAR_MAGIC, 'u', 's', 't', 'a', 'r', 0),
    new Magic("a tar archive", TAR_MAGIC, 'u', 's', 't', 'a', 'r', ' ', ' ', 0),
    new Magic("an old Office document", 0, 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1),
    new Magic(
        "a SQLite database",
        0,
        'S',
        'Q',
        'L',
        'i',
        't',
        'e',
        ' ',
        'f',
        'o',
        'r',
        'm',
        'a',
        't',
        ' ',
        '3',
        0),
  };

  /**
   * What {@code head} begins instead of text; empty if nothing speaks against text.
   *
   * @param length how many bytes of it count; up to {@link #HEAD} are looked at
   */
  public static Optional<NotText> in(byte[] head, int length) {
    for (var magic : PACKED) {
      if (magic.isIn(head, length)) {
        return Optional.of(new NotText(magic.what, null));
      }
    }
    if (isLzma(head, length)) {
      return Optional.of(new NotText("compressed with lzma", null));
    }
    return Optional.ofNullable(wide(head, Math.min(length, HEAD)));
  }

  /**
   * The old format has no magic: properties, the dictionary's size, which is 2^n or 2^n + 2^(n-1),
   * and that of the content, if it is known.
   */
  private static boolean isLzma(byte[] head, int length) {
    if (length < 13 || head[0] != 0x5d) {
      return false;
    }
    var dictionary = number(head, 1, 4);
    var half = Long.highestOneBit(dictionary);
    var size = number(head, 5, 8);
    return dictionary >= 1 << 12
        && (dictionary == half || dictionary == half + half / 2)
        && (size == -1 || size >>> 38 == 0);
  }

  private static @Nullable NotText wide(byte[] head, int length) {
    if (startsWith(head, length, 0xff, 0xfe, 0, 0) || startsWith(head, length, 0, 0, 0xfe, 0xff)) {
      return new NotText("UTF-32 text", "UTF-32");
    }
    if (startsWith(head, length, 0xff, 0xfe) || startsWith(head, length, 0xfe, 0xff)) {
      return new NotText("UTF-16 text", "UTF-16");
    }
    var even = 0;
    var odd = 0;
    for (var i = 0; i < length; i++) {
      if (head[i] == 0) {
        even += 1 - (i & 1);
        odd += i & 1;
      }
    }
    if (length < 4 || even + odd == 0) {
      return null;
    }
    if (isUtf32(head, length, 0)) {
      return new NotText("UTF-32 text", "UTF-32BE");
    }
    if (isUtf32(head, length, 3)) {
      return new NotText("UTF-32 text", "UTF-32LE");
    }
    if (isUtf16(head, length, 0, even)) {
      return new NotText("UTF-16 text", "UTF-16BE");
    }
    return isUtf16(head, length, 1, odd) ? new NotText("UTF-16 text", "UTF-16LE") : null;
  }

  /**
   * @param high where the high byte is in a unit of four
   */
  private static boolean isUtf32(byte[] head, int length, int high) {
    for (var i = 0; i + 4 <= length; i += 4) {
      var bytes = number(head, i, 4);
      var point = high == 3 ? bytes : Integer.toUnsignedLong(Integer.reverseBytes((int) bytes));
      if (point > LAST_CHARACTER || !isText((int) point) || isSurrogate((int) point)) {
        return false;
      }
    }
    return true;
  }

  /**
   * @param high where the high byte is in a pair
   * @param zeros how many of the high bytes are zero
   */
  private static boolean isUtf16(byte[] head, int length, int high, int zeros) {
    var feeds = 0;
    var otherFeeds = 0;
    var pending = false;
    for (var i = 0; i + 2 <= length; i += 2) {
      var unit = (char) ((head[i + high] & 0xff) << 8 | head[i + 1 - high] & 0xff);
      if (Character.isLowSurrogate(unit) != pending || !isText(unit)) {
        return false;
      }
      pending = Character.isHighSurrogate(unit);
      if (unit == '\n') {
        feeds++;
      } else {
        otherFeeds += (head[i] == '\n' ? 1 : 0) + (head[i + 1] == '\n' ? 1 : 0);
      }
    }
    return feeds + otherFeeds > 0 ? feeds >= otherFeeds : 8L * zeros >= 3L * length;
  }

  private static boolean isSurrogate(int point) {
    return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
  }

  private static boolean isText(int point) {
    return (point >= ' ' && (point < 0x7f || point > 0x9f) || "\t\n\f\r".indexOf(point) >= 0)
        && (point & 0xfffe) != 0xfffe;
  }

  /** Of so many bytes, the lowest first. */
  private static long number(byte[] head, int at, int bytes) {
    var number = 0L;
    for (var i = bytes - 1; i >= 0; i--) {
      number = number << 8 | head[at + i] & 0xff;
    }
    return number;
  }

  private static boolean startsWith(byte[] head, int length, int... bytes) {
    return new Magic("", 0, bytes).isIn(head, length);
  }
}
