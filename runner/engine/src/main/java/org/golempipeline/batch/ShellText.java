package org.golempipeline.batch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Text for a POSIX shell. */
final class ShellText {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

  /** Every batch needs the same few. */
  private static final Map<String, String> RESOURCES = new ConcurrentHashMap<>();

  private ShellText() {}

  /** {@code text} as one word that a shell takes as it is. */
  static String quote(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a zero character cannot reach a shell");
    }
    return "'" + text.replace("'", "'\\''") + "'";
  }

  /** Arguments for {@code export}, each with a space in front. */
  static String assignments(Map<String, String> variables) {
    var text = new StringBuilder();
    variables.forEach(
        (name, value) -> {
          if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not the name of a variable: " + name);
          }
          text.append(' ').append(name).append('=').append(quote(value));
        });
    return text.toString();
  }

  /** A script of this package without the comments that are for its readers. */
  static String resource(String name) {
    return RESOURCES.computeIfAbsent(name, ShellText::read);
  }

  private static String read(String name) {
    try (var stream = Objects.requireNonNull(ShellText.class.getResourceAsStream(name), name)) {
      var text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines()
          .filter(line -> !line.isBlank() && !line.stripLeading().startsWith("#"))
          .collect(Collectors.joining("\n", "", "\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
