package org.golempipeline.exeunit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.golempipeline.golem.wire.CommandOutput;
import org.golempipeline.golem.wire.ExeCommand;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of one output of a program: its beginning, its end or both, as the capture mode
 * asks, and never more than {@link #MOST} bytes. Thread-safe.
 */
final class Output {
  static final int MOST = 4 * 1024 * 1024;

  private static final int TRUNCATED = 16;

  private final int headLimit;
  private final int tailLimit;
  private final boolean binary;
  final boolean streamed;

  private final ByteArrayOutputStream head = new ByteArrayOutputStream();

  /** The end, in up to twice the room it needs. */
  private byte[] tail = {};

  private int tailSize;

  private Output(long headLimit, long tailLimit, @Nullable String format, boolean streamed) {
    this.headLimit = (int) Math.min(MOST, headLimit);
    this.tailLimit = (int) Math.min(MOST, tailLimit);
    this.streamed = streamed;
    binary = format != null && format.startsWith("bin");
  }

  /** Null if nothing is wanted. */
  static @Nullable Output of(ExeCommand.@Nullable Mode mode) {
    if (mode == null) {
      return null;
    }
    ExeCommand.Stream stream = mode.stream();
    if (stream != null) {
      Long limit = stream.limit();
      return limit == null
          ? new Output(MOST, 0, stream.format(), true)
          : new Output(0, limit, stream.format(), true);
    }
    ExeCommand.AtEnd end = mode.atEnd();
    return end == null ? null : atEnd(end);
  }

  private static Output atEnd(ExeCommand.AtEnd end) {
    if (end.head() != null) {
      return new Output(end.head(), 0, end.format(), false);
    }
    if (end.tail() != null) {
      return new Output(0, end.tail(), end.format(), false);
    }
    if (end.headTail() != null) {
      long half = Objects.requireNonNull(end.headTail()) / 2;
      return new Output(half, end.headTail() - half, end.format(), false);
    }
    return new Output(MOST, 0, end.format(), false);
  }

  /** The same for a provider that loses all but the beginning. */
  Output truncated() {
    return new Output(TRUNCATED, 0, binary ? "bin" : null, streamed);
  }

  synchronized void add(byte[] bytes, int length) {
    int first = Math.min(length, headLimit - head.size());
    head.write(bytes, 0, first);
    addToTail(bytes, first, length - first);
  }

  private void addToTail(byte[] bytes, int from, int length) {
    int kept = Math.min(length, tailLimit);
    if (kept == 0) {
      return;
    }
    if (tailSize + kept > tail.length) {
      int overlap = Math.min(tailSize, tailLimit - kept);
      byte[] roomier =
          new byte[(int) Math.min(2L * tailLimit, Math.max(8192, 4L * (overlap + kept)))];
      System.arraycopy(tail, tailSize - overlap, roomier, 0, overlap);
      tail = roomier;
      tailSize = overlap;
    }
    System.arraycopy(bytes, from + length - kept, tail, tailSize, kept);
    tailSize += kept;
  }

  /** What was kept; null if there is nothing. */
  synchronized @Nullable CommandOutput kept() {
    int fromTail = Math.min(tailSize, tailLimit);
    if (head.size() + fromTail == 0) {
      return null;
    }
    head.write(tail, tailSize - fromTail, fromTail);
    return onWire(head.toByteArray());
  }

  CommandOutput onWire(byte[] bytes, int length) {
    return onWire(Arrays.copyOf(bytes, length));
  }

  /** As text if it is UTF-8; other bytes are taken for characters one by one. */
  private CommandOutput onWire(byte[] bytes) {
    if (binary) {
      return CommandOutput.bytes(bytes);
    }
    try {
      return CommandOutput.text(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return CommandOutput.text(new String(bytes, StandardCharsets.ISO_8859_1));
    }
  }
}
