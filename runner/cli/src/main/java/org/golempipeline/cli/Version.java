package org.golempipeline.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** Which version this is. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {text()};
  }

  /** What {@code --version} says. */
  static String text() {
    return "golem-pipeline " + number();
  }

  /** The version alone. */
  static String number() {
    try (var text = Version.class.getResourceAsStream("version")) {
      var version = new String(Objects.requireNonNull(text).readAllBytes(), StandardCharsets.UTF_8);
      return version.strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
