package org.golempipeline.lock;

import java.util.Optional;
import java.util.regex.Pattern;

/** A jar of a Maven repository that is always the same: of a release. */
public record MavenCoordinates(String group, String artifact, String version) {
  private static final Pattern TEXT =
      Pattern.compile(
          "(?<group>[A-Za-z0-9_.-]+):(?<artifact>[A-Za-z0-9_.-]+):(?<version>[A-Za-z0-9_.+-]+)");
  private static final Pattern CHANGING = Pattern.compile("LATEST|RELEASE|.*-SNAPSHOT|\\.\\.?");

  /** Reads {@code acme:paragraphs:1.2}; empty if it is something else. */
  public static Optional<MavenCoordinates> parse(String text) {
    var parts = TEXT.matcher(text);
    return parts.matches() && !CHANGING.matcher(parts.group("version")).matches()
        ? Optional.of(
            new MavenCoordinates(
                parts.group("group"), parts.group("artifact"), parts.group("version")))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return group + ":" + artifact + ":" + version;
  }
}
