package org.golempipeline.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** Which version this is. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() throws IOException {
    return new String[] {"golem-pipeline " + number()};
  }

  /** The version alone. */
  static String number() throws IOException {
    try (var text = Version.class.getResourceAsStream("version")) {
      var version = new String(Objects.requireNonNull(text).readAllBytes(), StandardCharsets.UTF_8);
      return version.strip();
    }
  }
}
