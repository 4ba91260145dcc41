package org.golempipeline.batch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the members of an archive that a stranger made. Stricter than a library: every byte of a
 * member's extent is in the archive, a name takes a bounded amount of memory, and what would make
 * two readers disagree about the contents (sparse files, global headers, wrong checksums) is an
 * error.
 */
final class TarReader {
  private static final int LONGEST_NAME = 16 * 1024;
  private static final int LONGEST_PAX = 64 * 1024;

  private final FileChannel channel;
  private final long end;
  private final ByteBuffer window = ByteBuffer.allocate(64 * 1024);
  private long windowStart;
  private long at;

  /** Reads {@code channel} from {@code start} to {@code end}. */
  TarReader(FileChannel channel, long start, long end) {
    this.channel = channel;
    this.at = start;
    this.end = end;
    window.limit(0);
  }

  /** What a member is. */
  enum Type {
    FILE,
    FOLDER,
    /** The same file as an earlier member. */
    HARD_LINK,
    /** A symbolic link. */
    LINK,
    /** A device or a pipe. */
    OTHER
  }

  /** A member. */
  static final class Entry {
    private final byte[] name;
    private final Type type;
    private final byte[] link;
    private final long offset;
    private final long size;

    private Entry(byte[] name, Type type, byte[] link, long offset, long size) {
      this.name = name;
      this.type = type;
      this.link = link;
      this.offset = offset;
      this.size = size;
    }

    byte[] name() {
      return name;
    }

    Type type() {
      return type;
    }

    /** For a hard link, the name of the other member; for a symbolic one, where it leads. */
    byte[] link() {
      return link;
    }

    /** Of the contents in the channel. */
    long offset() {
      return offset;
    }

    long size() {
      return size;
    }
  }

  /** The next member, or null at the end. Archives may follow each other. */
  @Nullable Entry next() throws IOException {
    byte @Nullable [] longName = null;
    byte @Nullable [] longLink = null;
    var paxSize = -1L;
    while (true) {
      if (at == end && longName == null && longLink == null && paxSize < 0) {
        return null;
      }
      var block = bytes(at, TarHeader.BLOCK);
      if (isZero(block)) {
        at += TarHeader.BLOCK;
        continue;
      }
      checkSum(block);
      at += TarHeader.BLOCK;
      var size = number(block, 124, 12);
      var type = (char) block[156];
      switch (type) {
        case 'L' -> longName = untilZero(contents(size, LONGEST_NAME));
        case 'K' -> longLink = untilZero(contents(size, LONGEST_NAME));
        case 'x' -> {
          var pax = Pax.of(contents(size, LONGEST_PAX));
          longName = pax.path == null ? longName : pax.path;
          longLink = pax.link == null ? longLink : pax.link;
          paxSize = pax.size < 0 ? paxSize : pax.size;
        }
        default -> {
          return entry(
              longName != null ? longName : name(block),
              type(type),
              longLink != null ? longLink : untilZero(Arrays.copyOfRange(block, 157, 257)),
              paxSize >= 0 ? paxSize : size);
        }
      }
    }
  }

  private Entry entry(byte[] name, Type type, byte[] link, long size) throws IOException {
    var offset = at;
    if (type != Type.FILE && size != 0) {
      throw refused("a link or folder with contents");
    }
    skip(size);
    return new Entry(name, type, link, offset, size);
  }

  private static Type type(char type) throws IOException {
    return switch (type) {
      case '0', '\0' -> Type.FILE;
      case '1' -> Type.HARD_LINK;
      case '2' -> Type.LINK;
      case '3', '4', '6' -> Type.OTHER;
      case '5' -> Type.FOLDER;
      default -> throw refused("a member of the unknown type " + (int) type);
    };
  }

  private static byte[] name(byte[] block) {
    var name = untilZero(Arrays.copyOfRange(block, 0, 100));
    var isPosix = block[257 + 5] == 0 && block[257] == 'u';
    var prefix = isPosix ? untilZero(Arrays.copyOfRange(block, 345, 500)) : new byte[0];
    if (prefix.length == 0) {
      return name;
    }
    var whole = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
    whole[prefix.length] = '/';
    System.arraycopy(name, 0, whole, prefix.length + 1, name.length);
    return whole;
  }

  /** The contents of the member at hand, which is then behind. */
  private byte[] contents(long size, int limit) throws IOException {
    if (size > limit) {
      throw refused("a name of %d bytes".formatted(size));
    }
    var contents = bytes(at, (int) size);
    skip(size);
    return contents;
  }

  private void skip(long size) throws IOException {
    if (size > end - at || TarHeader.padded(size) > end - at) {
      throw new IOException("The archive that came back ends early.");
    }
    at += TarHeader.padded(size);
  }

  private byte[] bytes(long position, int count) throws IOException {
    if (count > end - position) {
      throw new IOException("The archive that came back ends early.");
    }
    var from = position - windowStart;
    if (from < 0 || from + count > window.limit()) {
      window.clear().limit((int) Math.min(window.capacity(), end - position));
      while (window.hasRemaining()) {
        if (channel.read(window, position + window.position()) < 0) {
          throw new IOException("The file of returned outputs was cut while it was read.");
        }
      }
      windowStart = position;
      from = 0;
    }
    return Arrays.copyOfRange(window.array(), (int) from, (int) from + count);
  }

  private static void checkSum(byte[] block) throws IOException {
    var sum = 0;
    for (var i = 0; i < block.length; i++) {
      sum += i >= 148 && i < 156 ? ' ' : block[i] & 0xff;
    }
    if (sum != number(block, 148, 8)) {
      throw refused("a header with a wrong checksum");
    }
  }

  private static long number(byte[] block, int from, int length) throws IOException {
    if ((block[from] & 0xff) == 0x80) {
      for (var i = from + 1; i < from + length - 8; i++) {
        if (block[i] != 0) {
          throw refused("a number that is too large");
        }
      }
      var value =
          ByteBuffer.wrap(block, from + length - 8, 8).order(ByteOrder.BIG_ENDIAN).getLong();
      if (length < 12 || value < 0) {
        throw refused("a number that is too large");
      }
      return value;
    }
    var text = new String(block, from, length, StandardCharsets.ISO_8859_1);
    var digits = text.replace('\0', ' ').strip();
    if (!digits.chars().allMatch(c -> c >= '0' && c <= '7')) {
      throw refused("a number that is none");
    }
    return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
  }

  private static byte[] untilZero(byte[] bytes) {
    for (var i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        return Arrays.copyOf(bytes, i);
      }
    }
    return bytes;
  }

  private static boolean isZero(byte[] block) {
    for (var each : block) {
      if (each != 0) {
        return false;
      }
    }
    return true;
  }

  private static IOException refused(String what) {
    return new IOException("The archive that came back holds " + what + ".");
  }

  /** An extended header: only what changes name or extent of the member behind it. */
  private static final class Pax {
    byte @Nullable [] path;
    byte @Nullable [] link;
    long size = -1;

    static Pax of(byte[] records) throws IOException {
      var pax = new Pax();
      var at = 0;
      while (at < records.length) {
        var space = at;
        while (space < records.length && Character.isDigit(records[space])) {
          space++;
        }
        if (space == at || space - at > 6 || space == records.length || records[space] != ' ') {
          throw refused("a broken extended header");
        }
        var length = Integer.parseInt(text(records, at, space));
        var equals = space + 1;
        while (equals < records.length && records[equals] != '=') {
          equals++;
        }
        var last = at + length - 1;
        if (equals >= last || last >= records.length || records[last] != '\n') {
          throw refused("a broken extended header");
        }
        pax.take(text(records, space + 1, equals), Arrays.copyOfRange(records, equals + 1, last));
        at = last + 1;
      }
      return pax;
    }

    private void take(String key, byte[] value) throws IOException {
      switch (key) {
        case "path" -> path = value;
        case "linkpath" -> link = value;
        case "size" -> {
          var digits = text(value, 0, value.length);
          if (digits.isEmpty()
              || digits.length() > 18
              || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw refused("a broken extended header");
          }
          size = Long.parseLong(digits);
        }
        default -> {
          if (key.startsWith("GNU.sparse") || key.equals("SCHILY.realsize")) {
            throw refused("a sparse file");
          }
        }
      }
    }

    private static String text(byte[] bytes, int from, int to) {
      return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
  }
}
