package org.golempipeline.cache;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.golempipeline.cache.ResultCache.Part;
import org.golempipeline.spec.Comparison;
import org.golempipeline.spec.Verify;
import org.jspecify.annotations.Nullable;

/**
 * The text that says what is kept of a pack, a record for each fragment. Its SHA-256 is its name
 * and that of the pack, so one that is torn or was altered is known by that.
 */
final class Sidecar {
  /** {@code GPS} and the version of the format. */
  private static final int MAGIC = 'G' << 24 | 'P' << 16 | 'S' << 8 | 1;

  /** As many bytes are read at once for one record: enough for nearly all. */
  static final int USUAL_RECORD = 256;

  private Sidecar() {}

  /**
   * One kept fragment.
   *
   * @param verified how it was checked; null if it was not, or if that was not noted
   * @param parts what it left
   */
  record Entry(Digest key, String provider, @Nullable Verify verified, List<Part> parts) {
    /** Whether it does not matter which of the two is found. */
    boolean isSameResult(Entry other) {
      return Objects.equals(verified, other.verified)
          && parts.size() == other.parts.size()
          && IntStream.range(0, parts.size())
              .allMatch(
                  i ->
                      parts.get(i).name().equals(other.parts.get(i).name())
                          && parts.get(i).digest().equals(other.parts.get(i).digest()));
    }
  }

  /** Is told of every record in a sidecar. */
  interface Visitor {
    void entry(Digest key, int position);
  }

  static byte[] write(List<Entry> entries) {
    var bytes = new ByteArrayOutputStream();
    var target = new DataOutputStream(bytes);
    try {
      target.writeInt(MAGIC);
      for (var entry : entries) {
        var record = record(entry);
        target.writeInt(record.length);
        target.write(record);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] record(Entry entry) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var target = new DataOutputStream(bytes);
    target.write(entry.key().bytes());
    text(target, entry.provider());
    target.writeInt(entry.parts().size());
    for (var part : entry.parts()) {
      text(target, part.name());
      target.writeLong(part.offset());
      target.writeLong(part.size());
      target.write(part.digest().bytes());
    }
    var verified = entry.verified();
    if (verified != null) {
      target.writeInt(verified.copies());
      text(target, verified.audit().toString());
      target.writeInt(verified.local() ? 1 : 0);
      text(target, verified.compare().form().name());
      text(target, verified.compare().tolerance().toString());
    }
    return bytes.toByteArray();
  }

  private static void text(DataOutputStream target, String text) throws IOException {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    target.writeInt(bytes.length);
    target.write(bytes);
  }

  /**
   * Walks through a sidecar that is known to be whole.
   *
   * @return whether it is one at all
   */
  static boolean visit(ByteBuffer content, Visitor visitor) {
    if (content.remaining() < Integer.BYTES || content.getInt(content.position()) != MAGIC) {
      return false;
    }
    var begin = content.position();
    for (var at = begin + Integer.BYTES; at < content.limit(); ) {
      if (content.limit() - at < Integer.BYTES + Digest.SIZE) {
        return false;
      }
      var length = content.getInt(at);
      if (length < Digest.SIZE || length > content.limit() - at - Integer.BYTES) {
        return false;
      }
      visitor.entry(Digest.read(content.duplicate().position(at + Integer.BYTES)), at - begin);
      at += Integer.BYTES + length;
    }
    return true;
  }

  /** Length of the record, with that of the number itself, that begins with {@code start}. */
  static int length(ByteBuffer start) {
    return start.remaining() < Integer.BYTES
        ? 0
        : Math.max(0, start.getInt(start.position())) + Integer.BYTES;
  }

  /** A record, or null if it makes no sense. */
  static @Nullable Entry read(ByteBuffer record) {
    try {
      var length = record.getInt();
      if (length < 0 || length > record.remaining()) {
        return null;
      }
      var content = record.slice(record.position(), length);
      var key = Digest.read(content);
      var provider = text(content);
      var count = content.getInt();
      if (count < 0 || count > content.remaining()) {
        return null;
      }
      var parts = new ArrayList<Part>(count);
      for (var i = 0; i < count; i++) {
        parts.add(
            new Part(text(content), content.getLong(), content.getLong(), Digest.read(content)));
      }
      return new Entry(key, provider, content.hasRemaining() ? verified(content) : null, parts);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return null;
    }
  }

  private static Verify verified(ByteBuffer record) {
    return new Verify(
        record.getInt(),
        new BigDecimal(text(record)),
        record.getInt() != 0,
        new Comparison(Comparison.Form.valueOf(text(record)), new BigDecimal(text(record))));
  }

  private static String text(ByteBuffer record) {
    var length = record.getInt();
    if (length < 0 || length > record.remaining()) {
      throw new IllegalArgumentException("a text of " + length);
    }
    var bytes = new byte[length];
    record.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
