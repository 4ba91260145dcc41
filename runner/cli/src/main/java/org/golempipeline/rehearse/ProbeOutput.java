package org.golempipeline.rehearse;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.golempipeline.batch.ReturnedFragment;
import org.golempipeline.batch.ReturnedFragment.Ending;
import org.golempipeline.compare.OutputComparison;
import org.golempipeline.report.Words;
import org.golempipeline.spec.Comparison;
import org.golempipeline.spec.Secrets;

/**
 * What a fragment left in one try.
 *
 * @param archive that it came back in
 */
record ProbeOutput(ReturnedFragment returned, Path archive) {
  private static final int SHOWN = 60;
  private static final int LONGEST_LINE = 1 << 16;

  boolean failed() {
    return returned.ending() != Ending.EXITED || returned.status() != 0;
  }

  private List<String> names() {
    return returned.outputs().stream().map(ReturnedFragment.Output::name).toList();
  }

  private InputStream open(int number) throws IOException {
    var extent = returned.outputs().get(number).extent();
    var stream = Files.newInputStream(archive);
    stream.skipNBytes(extent.offset());
    return new BufferedInputStream(new Part(stream, extent.size()));
  }

  /** Whether {@code other} counts as the same outcome. */
  boolean same(ProbeOutput other, Comparison how) throws IOException {
    if (failed() || other.failed()) {
      return failed() && other.failed();
    }
    return names().equals(other.names()) && firstDifferent(other, how) < 0;
  }

  private int firstDifferent(ProbeOutput other, Comparison how) throws IOException {
    for (var i = 0; i < returned.outputs().size(); i++) {
      try (var one = open(i);
          var two = other.open(i)) {
        if (!OutputComparison.same(one, two, how)) {
          return i;
        }
      }
    }
    return -1;
  }

  /** How {@code other} differs, as the end of a sentence; only if it does. */
  String difference(ProbeOutput other, Comparison how, Secrets secrets) throws IOException {
    if (failed() || other.failed()) {
      return "%s, then %s".formatted(outcome(), other.outcome());
    }
    if (!names().equals(other.names())) {
      return "files %s, then %s".formatted(list(names()), list(other.names()));
    }
    var number = firstDifferent(other, how);
    var name = returned.outputs().get(number).name();
    var several = returned.outputs().size() > 1 ? "`%s` has ".formatted(name) : "";
    return "%s%d bytes, then %d; %s"
        .formatted(
            several,
            returned.outputs().get(number).extent().size(),
            other.returned.outputs().get(number).extent().size(),
            firstLine(other, number, secrets));
  }

  private String outcome() {
    return switch (returned.ending()) {
      case EXITED ->
          failed()
              ? "exit code %d".formatted(returned.status())
              : returned.outputs().isEmpty() ? "success without an output" : "success";
      case TIMED_OUT -> "no end in time";
      case SETUP_FAILED -> "a failed `setup`";
      case UNUSABLE -> "outputs that cannot be sent (" + returned.problem() + ")";
      case UNKNOWN -> "no word of it";
    };
  }

  private static String list(List<String> names) {
    return names.stream()
        .limit(5)
        .map("`%s`"::formatted)
        .collect(Collectors.joining(", ", names.isEmpty() ? "none" : "", ""));
  }

  private String firstLine(ProbeOutput other, int number, Secrets secrets) throws IOException {
    try (var one = reader(open(number));
        var two = reader(other.open(number))) {
      for (var line = 1; ; line++) {
        var first = readLine(one);
        var second = readLine(two);
        if (first.isEmpty() && second.isEmpty()) {
          return "they differ in bytes that are no text";
        }
        if (!first.equals(second)) {
          return "line %d is %s, then %s"
              .formatted(line, shown(first, secrets), shown(second, secrets));
        }
      }
    }
  }

  private static BufferedReader reader(InputStream stream) {
    return new BufferedReader(new InputStreamReader(stream, StandardCharsets.ISO_8859_1));
  }

  /** A line with its end, or the beginning of one that is very long; empty at the end. */
  private static String readLine(BufferedReader reader) throws IOException {
    var line = new StringBuilder();
    for (var c = reader.read(); c >= 0; c = reader.read()) {
      line.append((char) c);
      if (c == '\n' || line.length() == LONGEST_LINE) {
        break;
      }
    }
    return line.toString();
  }

  private static String shown(String line, Secrets secrets) {
    if (line.isEmpty()) {
      return "missing";
    }
    var text =
        secrets
            .hide(new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
            .replaceFirst("\n$", "");
    return "`" + Words.beginning(text, SHOWN) + "`";
  }

  /** So many bytes of a stream. */
  private static final class Part extends InputStream {
    private final InputStream source;
    private long left;

    Part(InputStream source, long left) {
      this.source = source;
      this.left = left;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      var count = source.read(target, offset, (int) Math.min(left, length));
      left -= Math.max(0, count);
      return count;
    }

    @Override
    public void close() throws IOException {
      source.close();
    }
  }
}
