package org.golempipeline.report;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.golempipeline.event.EventSink;
import org.golempipeline.event.RunEvent;
import org.golempipeline.event.StampedEvent;
import org.golempipeline.report.FragmentRows.Attempt;
import org.golempipeline.report.FragmentRows.Row;
import org.jspecify.annotations.Nullable;

/**
 * Writes a line of tab-separated values for each fragment of a run, as soon as it is known what
 * became of it. Columns that Nextflow's trace has are called as there and hold the same: times in
 * milliseconds, sizes in bytes, {@code -} for nothing.
 */
public final class TraceFile implements EventSink, AutoCloseable {
  /** What a trace is known again by: columns may be added behind. */
  private static final String MARK = "task_id\tprocess\ttag\tname\tstatus\texit\tattempt\t";

  private static final String HEADER =
      MARK
          + "hostname\tsubmit\tcomplete\tduration\trealtime\t%cpu\tpeak_rss\toutput_bytes\terror\n";

  private final BufferedWriter writer;
  private final FragmentRows rows = new FragmentRows(this::write);
  private int count;
  private @Nullable IOException trouble;

  private TraceFile(BufferedWriter writer) {
    this.writer = writer;
  }

  /** Whether nothing is lost with a file that is there: an earlier run wrote it, or it is empty. */
  public static boolean replaceable(Path file) throws IOException {
    return RecordFile.replaceable(file, MARK);
  }

  /** Begins a file, in place of one that is {@link #replaceable}. */
  public static TraceFile create(Path file) throws IOException {
    var trace = new TraceFile(Files.newBufferedWriter(file));
    trace.append(HEADER);
    return trace;
  }

  @Override
  public void accept(StampedEvent event) {
    rows.add(event);
    if (event.event() instanceof RunEvent.BatchFinished) {
      flush();
    }
  }

  private void write(Row row) {
    count++;
    var last = Optional.ofNullable(row.last());
    var took = last.map(Attempt::took);
    append(
        Stream.of(
                    count,
                    row.stage(),
                    row.fragment(),
                    "%s (%d)".formatted(row.stage(), row.fragment()),
                    row.status(),
                    text(last.map(Attempt::exit)),
                    row.attempt() == 0 ? "-" : row.attempt(),
                    text(last.map(Attempt::provider)),
                    text(last.map(each -> each.submit().toEpochMilli())),
                    text(last.map(each -> each.complete().toEpochMilli())),
                    text(last.map(Attempt::milliseconds)),
                    text(took.map(Measured.Fragment::milliseconds)),
                    text(took.map(TraceFile::cpu)),
                    text(took.map(Measured.Fragment::memory).filter(each -> each >= 0)),
                    text(took.map(Measured.Fragment::bytes).filter(each -> each >= 0)),
                    text(Optional.ofNullable(row.givenUp()).map(each -> each.failure().message())))
                .map(each -> TerminalText.safe(each.toString()))
                .collect(Collectors.joining("\t"))
            + "\n");
  }

  /** Of one processor, in percent: two that are busy all the time are 200. */
  private static String cpu(Measured.Fragment took) {
    return took.cpuMilliseconds() < 0 || took.milliseconds() <= 0
        ? "-"
        : String.format(Locale.ROOT, "%.1f", 100.0 * took.cpuMilliseconds() / took.milliseconds());
  }

  private static String text(Optional<?> value) {
    return value.map(Object::toString).orElse("-");
  }

  /** What cannot be written is told at the end: no run ends for it. */
  private void append(String text) {
    try {
      if (trouble == null) {
        writer.append(text);
      }
    } catch (IOException e) {
      trouble = e;
    }
  }

  private void flush() {
    try {
      if (trouble == null) {
        writer.flush();
      }
    } catch (IOException e) {
      trouble = e;
    }
  }

  /**
   * @throws IOException if not all of it could be written
   */
  @Override
  public void close() throws IOException {
    try (writer) {
      if (trouble != null) {
        throw trouble;
      }
    }
  }
}
