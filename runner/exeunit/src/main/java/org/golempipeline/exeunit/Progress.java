package org.golempipeline.exeunit;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.golempipeline.golem.wire.RuntimeEvent;
import org.jspecify.annotations.Nullable;

/**
 * How far a command is, for who asked to be told: at most once an interval while bytes move, and
 * once at the end. Steps of bytes that are asked for have no effect, as in the exe-unit. Used by
 * one thread.
 */
final class Progress {
  /** For commands that do not ask. */
  static final Progress NONE = new Progress(Duration.ofDays(1), kind -> {});

  private static final Pattern PART = Pattern.compile("\\s*(\\d{1,9})\\s*(ms|s|m|h)\\s*");
  private static final long LONGEST_MILLIS = Duration.ofDays(1).toMillis();

  private final long interval;
  private final Consumer<RuntimeEvent.Kind> reports;
  private long lastReport = System.nanoTime();
  private long done;
  private @Nullable Long total;

  private Progress(Duration interval, Consumer<RuntimeEvent.Kind> reports) {
    this.interval = interval.toNanos();
    this.reports = reports;
  }

  /**
   * @param asked what the command says about it
   */
  static Progress of(@Nullable JsonNode asked, Consumer<RuntimeEvent.Kind> reports) {
    return asked == null || asked.isNull()
        ? NONE
        : new Progress(interval(asked.path("updateInterval").asText()), reports);
  }

  /** Reads {@code 1m 30s} and the like; a second if it is something else. */
  static Duration interval(String text) {
    Matcher part = PART.matcher(text);
    long millis = 0;
    int at = 0;
    while (part.find() && part.start() == at) {
      millis += millis(Long.parseLong(part.group(1)), part.group(2));
      at = part.end();
    }
    return at == 0 || at < text.length()
        ? Duration.ofSeconds(1)
        : Duration.ofMillis(Math.min(LONGEST_MILLIS, millis));
  }

  private static long millis(long amount, String unit) {
    return switch (unit) {
      case "ms" -> amount;
      case "s" -> TimeUnit.SECONDS.toMillis(amount);
      case "m" -> TimeUnit.MINUTES.toMillis(amount);
      default -> TimeUnit.HOURS.toMillis(amount);
    };
  }

  /** So many bytes have been moved by now, of so many, if that is known. */
  void moved(long bytes, @Nullable Long ofAll) {
    done = bytes;
    total = ofAll;
    if (System.nanoTime() - lastReport >= interval) {
      report(null);
    }
  }

  /** Something worth a word. */
  void message(String message) {
    report(message);
  }

  /** All is done. */
  void end() {
    report(null);
  }

  private void report(@Nullable String message) {
    lastReport = System.nanoTime();
    List<@Nullable Long> progress = new ArrayList<>();
    progress.add(done);
    progress.add(total);
    reports.accept(
        RuntimeEvent.Kind.ofProgress(
            new RuntimeEvent.Progress(List.of(0L, 1L), message, progress, "Bytes")));
  }
}
