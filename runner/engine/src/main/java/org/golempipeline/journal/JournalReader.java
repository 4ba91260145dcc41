package org.golempipeline.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.plainfile.PlainFile;

/**
 * Reads the journal of a run that is over, dead or still going on. A last line that is torn, and
 * events that this version does not know, are left out. Only one line is in memory at a time, and
 * only lines that are asked for are understood.
 */
public final class JournalReader {
  /** The journal's name in the folder of its run. */
  public static final String FILE = "journal.ndjson";

  private static final int BUFFER = 64 << 10;
  private static final int FIRST_TAIL = 8 << 10;

  /** Nothing that we write is longer. */
  private static final int LONGEST_LINE = 64 << 20;

  private static final byte[] TYPE = "\"type\":\"".getBytes(StandardCharsets.US_ASCII);

  private final Path file;

  /**
   * @param runFolder of the run
   */
  public JournalReader(Path runFolder) {
    this.file = runFolder.resolve(FILE);
  }

  /** Hands the events of these types to {@code consumer}, in order. */
  @SafeVarargs
  public final void scan(Consumer<StampedEvent> consumer, Class<? extends RunEvent>... types)
      throws IOException {
    Set<String> wanted =
        Stream.of(types).map(EventJson::type).collect(Collectors.toUnmodifiableSet());
    var lines = new Lines(wanted, consumer);
    var buffer = new byte[BUFFER];
    try (var input = PlainFile.stream(file)) {
      for (int count; (count = input.read(buffer)) > 0; ) {
        lines.add(buffer, count);
      }
    }
  }

  /** All events of a type, in order. */
  public <E extends RunEvent> List<E> all(Class<E> type) throws IOException {
    var found = new ArrayList<E>();
    scan(stamped -> found.add(type.cast(stamped.event())), type);
    return found;
  }

  /** Puts the bytes of a journal together to lines, as they come, and understands those. */
  static final class Lines {
    private final Set<String> wanted;
    private final Consumer<StampedEvent> consumer;
    private byte[] line = new byte[BUFFER];
    private int length;

    /**
     * @param wanted types of events
     */
    Lines(Set<String> wanted, Consumer<StampedEvent> consumer) {
      this.wanted = wanted;
      this.consumer = consumer;
    }

    /** Takes the next bytes, and answers how many of them came after the last end of a line. */
    int add(byte[] buffer, int count) {
      var from = 0;
      for (int end; (end = indexOf(buffer, from, count, '\n')) >= 0; from = end + 1) {
        keep(buffer, from, end);
        if (wanted.contains(type(line, length))) {
          read(line, 0, length).ifPresent(consumer);
        }
        length = 0;
      }
      keep(buffer, from, count);
      return count - from;
    }

    private void keep(byte[] buffer, int from, int end) {
      var part = end - from;
      if (length + part > line.length && line.length < LONGEST_LINE) {
        line = Arrays.copyOf(line, Math.max(2 * line.length, length + part));
      }
      var kept = Math.min(part, line.length - length);
      System.arraycopy(buffer, from, line, length, kept);
      length += kept;
    }

    /** What came of a line that does not end is not to be one. */
    void forget() {
      length = 0;
    }
  }

  /**
   * The event that every journal begins with; empty if the run died before that was written.
   *
   * @throws IOException naming the file, if what stands there is something else
   */
  Optional<StampedEvent> first() throws IOException {
    try (var input = PlainFile.stream(file)) {
      var line = new byte[FIRST_TAIL];
      for (int length = 0, count; length < LONGEST_LINE; length += count) {
        if (length == line.length) {
          line = Arrays.copyOf(line, 8 * length);
        }
        count = input.read(line, length, line.length - length);
        if (count <= 0) {
          break;
        }
        var end = indexOf(line, length, length + count, '\n');
        if (end >= 0) {
          var first = read(line, 0, end);
          if (first.isEmpty() || !(first.get().event() instanceof RunEvent.RunStarted)) {
            throw new IOException("the first line of `%s` is damaged".formatted(file));
          }
          return first;
        }
      }
      return Optional.empty();
    }
  }

  /** The last events, from the first whole line on in so many bytes at the end. */
  List<StampedEvent> last(int bytes) throws IOException {
    try (var channel = PlainFile.open(file)) {
      var size = channel.size();
      var buffer = ByteBuffer.allocate((int) Math.min(size, bytes));
      var begin = size - buffer.capacity();
      while (buffer.hasRemaining() && channel.read(buffer, begin + buffer.position()) > 0) {
        continue;
      }
      var tail = buffer.array();
      var count = buffer.position();
      var from = begin == 0 ? 0 : indexOf(tail, 0, count, '\n') + 1;
      var events = new ArrayList<StampedEvent>();
      if (begin > 0 && from == 0) {
        return events;
      }
      for (int end; (end = indexOf(tail, from, count, '\n')) >= 0; from = end + 1) {
        read(tail, from, end - from).ifPresent(events::add);
      }
      return events;
    }
  }

  /** The last event, and what came before it within reach; empty if there is no whole line. */
  List<StampedEvent> last() throws IOException {
    var size = Files.size(file);
    for (var bytes = FIRST_TAIL; ; bytes *= 8) {
      var events = last(bytes);
      if (!events.isEmpty() || bytes >= size || bytes >= LONGEST_LINE) {
        return events;
      }
    }
  }

  /** How many bytes at the end of the file are no whole line: a process died while it wrote. */
  static long torn(FileChannel channel) throws IOException {
    var size = channel.size();
    var one = ByteBuffer.allocate(BUFFER);
    for (var end = size; end > 0; ) {
      var begin = Math.max(0, end - BUFFER);
      one.clear().limit((int) (end - begin));
      while (one.hasRemaining() && channel.read(one, begin + one.position()) > 0) {
        continue;
      }
      for (var i = one.position() - 1; i >= 0; i--) {
        if (one.get(i) == '\n') {
          return size - (begin + i + 1);
        }
      }
      end = begin;
    }
    return size;
  }

  private static Optional<StampedEvent> read(byte[] line, int from, int length) {
    try {
      return Optional.of(EventJson.read(new String(line, from, length, StandardCharsets.UTF_8)));
    } catch (IOException | RuntimeException notOurs) {
      return Optional.empty();
    }
  }

  /** What stands behind the first {@code "type"}: only number and time come before it. */
  private static String type(byte[] line, int length) {
    for (var i = 0; i + TYPE.length < length; i++) {
      if (line[i] == TYPE[0] && Arrays.equals(line, i, i + TYPE.length, TYPE, 0, TYPE.length)) {
        var begin = i + TYPE.length;
        var end = indexOf(line, begin, length, '"');
        return end < 0 ? "" : new String(line, begin, end - begin, StandardCharsets.US_ASCII);
      }
    }
    return "";
  }

  private static int indexOf(byte[] bytes, int from, int end, char wanted) {
    for (var i = from; i < end; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }
}
