package org.golempipeline.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.golem.wire.WireJson;
import org.jspecify.annotations.Nullable;

/**
 * What is owed to us and not yet billed, in a file: a line of JSON for each thing that happened to
 * an agreement, written before the world is touched. Opening it reads what an earlier start left
 * and forgets what is settled. What activities used is not in here, the daemon keeps that.
 * Thread-safe.
 */
final class Journal implements AutoCloseable {
  private static final String SIGNED = "agreement-signed";
  private static final String STARTED = "activity-started";
  private static final String ISSUED = "invoice-issued";
  private static final String CLOSED = "agreement-closed";

  private final FileChannel file;
  private final List<Left> left;

  private Journal(FileChannel file, List<Left> left) {
    this.file = file;
    this.left = left;
  }

  /**
   * An agreement that was not billed to its end.
   *
   * @param activities all there were
   * @param invoice that was issued, and perhaps not sent
   */
  record Left(String agreement, List<String> activities, @Nullable String invoice) {}

  /** One line. */
  private record Line(
      String type, String agreement, @Nullable String activity, @Nullable String invoice) {}

  static Journal open(Path path) throws IOException {
    List<Left> left = Files.exists(path) ? read(path) : List.of();
    Path fresh = path.resolveSibling(path.getFileName() + ".new");
    StringBuilder lines = new StringBuilder();
    for (Left each : left) {
      lines.append(text(new Line(SIGNED, each.agreement, null, null)));
      each.activities.forEach(
          activity -> lines.append(text(new Line(STARTED, each.agreement, activity, null))));
      if (each.invoice != null) {
        lines.append(text(new Line(ISSUED, each.agreement, null, each.invoice)));
      }
    }
    Files.writeString(fresh, lines);
    Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return new Journal(
        FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.APPEND), left);
  }

  private static List<Left> read(Path path) throws IOException {
    Map<String, Left> left = new LinkedHashMap<>();
    for (String text :
        new String(Files.readAllBytes(path), StandardCharsets.UTF_8).split("\n", -1)) {
      JsonNode line;
      try {
        line = WireJson.mapper().readTree(text);
      } catch (JsonProcessingException torn) {
        continue;
      }
      String agreement = line.path("agreement").asText();
      switch (line.path("type").asText()) {
        case SIGNED -> left.putIfAbsent(agreement, new Left(agreement, List.of(), null));
        case STARTED -> {
          String activity = line.path("activity").asText();
          left.computeIfPresent(agreement, (id, known) -> with(known, activity));
        }
        case ISSUED -> {
          String invoice = line.path("invoice").asText();
          left.computeIfPresent(agreement, (id, known) -> new Left(id, known.activities, invoice));
        }
        case CLOSED -> left.remove(agreement);
        default -> {
          // A line torn by the end of an earlier start.
        }
      }
    }
    return List.copyOf(left.values());
  }

  private static Left with(Left known, String activity) {
    List<String> activities = new ArrayList<>(known.activities);
    activities.add(activity);
    return new Left(known.agreement, activities, known.invoice);
  }

  /** What an earlier start left. */
  List<Left> left() {
    return left;
  }

  /** We are about to approve it. */
  void signed(String agreement) {
    append(new Line(SIGNED, agreement, null, null));
  }

  void started(String agreement, String activity) {
    append(new Line(STARTED, agreement, activity, null));
  }

  void issued(String agreement, String invoice) {
    append(new Line(ISSUED, agreement, null, invoice));
  }

  /** Nothing is left to do for it: its invoice has arrived, or it never came to be. */
  void closed(String agreement) {
    append(new Line(CLOSED, agreement, null, null));
  }

  private synchronized void append(Line line) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(text(line).getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Line line) {
    try {
      return WireJson.mapper().writeValueAsString(line) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public synchronized void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
