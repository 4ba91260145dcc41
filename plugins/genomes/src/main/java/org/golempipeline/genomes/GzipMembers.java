package org.golempipeline.genomes;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Decompresses a gzip file (RFC 1952), all members of it: bgzip makes one of each 64 KiB. The JDK's
 * {@code GZIPInputStream} takes a damaged header of a further member for the end, and what follows
 * is lost without a word. Here only zeroes may follow the last member, as on tapes.
 */
final class GzipMembers {
  private static final int DEFLATE = 8;
  private static final int HEADER_CHECKSUM = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int RESERVED = 0xe0;
  private static final int BUFFER = 1 << 16;

  private final InputStream packed;
  private final byte[] buffer = new byte[BUFFER];
  private final byte[] text = new byte[BUFFER];
  private final Inflater inflater = new Inflater(true);
  private final CRC32 checksum = new CRC32();
  private int position;
  private int limit;

  private GzipMembers(InputStream packed) {
    this.packed = packed;
  }

  /**
   * Writes what {@code packed} holds to {@code out}.
   *
   * @throws EOFException if it ends too early
   * @throws ZipException if it is something else, or damaged
   */
  static void unpack(InputStream packed, OutputStream out) throws IOException {
    var members = new GzipMembers(packed);
    try {
      do {
        members.header();
        members.content(out);
        members.trailer();
      } while (!members.isOver());
    } finally {
      members.inflater.end();
    }
  }

  private void header() throws IOException {
    require(take() == 0x1f && take() == 0x8b && take() == DEFLATE, "not a member");
    var flags = take();
    require((flags & RESERVED) == 0, "unknown flags");
    skip(6);
    if ((flags & EXTRA) != 0) {
      skip(number(2));
    }
    for (var text = flags & (NAME | COMMENT); text != 0; text &= text - 1) {
      while (take() != 0) {
        // a name or comment ends with a zero
      }
    }
    if ((flags & HEADER_CHECKSUM) != 0) {
      skip(2);
    }
  }

  private void content(OutputStream out) throws IOException {
    inflater.reset();
    checksum.reset();
    try {
      while (!inflater.finished()) {
        if (inflater.needsInput()) {
          if (position == limit) {
            fill();
          }
          inflater.setInput(buffer, position, limit - position);
          position = limit;
        }
        var count = inflater.inflate(text);
        require(!inflater.needsDictionary(), "a dictionary that is not there");
        checksum.update(text, 0, count);
        out.write(text, 0, count);
      }
    } catch (DataFormatException e) {
      var damaged = new ZipException(e.getMessage());
      damaged.initCause(e);
      throw damaged;
    }
    position = limit - inflater.getRemaining();
  }

  private void trailer() throws IOException {
    require(number(4) == checksum.getValue(), "a wrong checksum");
    require(number(4) == (inflater.getBytesWritten() & 0xffff_ffffL), "a wrong length");
  }

  private boolean isOver() throws IOException {
    while (position < limit || read()) {
      if (buffer[position] != 0) {
        return false;
      }
      position++;
    }
    return true;
  }

  private static void require(boolean is, String otherwise) throws ZipException {
    if (!is) {
      throw new ZipException(otherwise);
    }
  }

  /** Of so many bytes, the lowest first. */
  private long number(int bytes) throws IOException {
    var number = 0L;
    for (var i = 0; i < bytes; i++) {
      number |= (long) take() << 8 * i;
    }
    return number;
  }

  private void skip(long bytes) throws IOException {
    for (var i = 0L; i < bytes; i++) {
      take();
    }
  }

  private int take() throws IOException {
    if (position == limit) {
      fill();
    }
    return buffer[position++] & 0xff;
  }

  private void fill() throws IOException {
    if (!read()) {
      throw new EOFException();
    }
  }

  private boolean read() throws IOException {
    position = 0;
    limit = Math.max(0, packed.read(buffer));
    return limit > 0;
  }
}
