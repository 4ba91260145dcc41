package org.golempipeline.laws;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.golempipeline.compare.OutputComparison;
import org.golempipeline.spec.Comparison;
import org.golempipeline.spec.Secrets;
import org.jspecify.annotations.Nullable;

/**
 * The first place where two results differ.
 *
 * @param path what the result would be published as
 * @param offset of the first byte that differs, -1 if one of the two is missing
 * @param line that it stands in, from 1; 0 if one of the two is missing
 * @param expected the beginning of that line; null if it ends before, or is missing
 * @param found likewise in the other
 */
public record Difference(
    String path, long offset, long line, @Nullable String expected, @Nullable String found) {
  /** Bytes of a line that are kept. */
  private static final int SHOWN = 200;

  static @Nullable Difference between(
      Answer expected, Answer found, Comparison how, Secrets secrets) throws IOException {
    Set<String> paths = new TreeSet<>(expected.results().keySet());
    paths.addAll(found.results().keySet());
    for (var path : paths) {
      var one = expected.results().get(path);
      var other = found.results().get(path);
      if (one == null || other == null) {
        return new Difference(
            path, -1, 0, one == null ? null : "it is there", other == null ? null : "it is there");
      }
      if (!same(one, other, how)) {
        return at(path, one, other, secrets);
      }
    }
    return null;
  }

  private static boolean same(Path one, Path other, Comparison how) throws IOException {
    try (var first = open(one);
        var second = open(other)) {
      return OutputComparison.same(first, second, how);
    }
  }

  private static Difference at(String path, Path one, Path other, Secrets secrets)
      throws IOException {
    var offset = Math.max(0, Files.mismatch(one, other));
    try (var first = open(one);
        var second = open(other)) {
      var line = 1L;
      var lineStart = 0L;
      for (var i = 0L; i < offset; i++) {
        if (first.read() == '\n') {
          line++;
          lineStart = i + 1;
        }
      }
      second.skipNBytes(lineStart);
      try (var again = open(one)) {
        again.skipNBytes(lineStart);
        return new Difference(path, offset, line, line(again, secrets), line(second, secrets));
      }
    }
  }

  private static InputStream open(Path file) throws IOException {
    return new BufferedInputStream(Files.newInputStream(file), 1 << 16);
  }

  private static @Nullable String line(InputStream stream, Secrets secrets) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var next = stream.read();
    if (next < 0) {
      return null;
    }
    while (next >= 0 && next != '\n' && bytes.size() < SHOWN) {
      bytes.write(next);
      next = stream.read();
    }
    return new String(
        secrets.hide(bytes.toByteArray(), false, bytes.size() == SHOWN), StandardCharsets.UTF_8);
  }
}
