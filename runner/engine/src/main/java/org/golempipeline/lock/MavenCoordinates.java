package org.golempipeline.lock;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A jar of a Maven repository that is always the same: of a release.
 *
 * @param classifier which of several jars of that artifact; empty for the main one
 */
public record MavenCoordinates(String group, String artifact, String classifier, String version) {
  private static final String WORD = "[A-Za-z0-9_.-]+";
  private static final Pattern TEXT =
      Pattern.compile(
          "(?<group>%1$s):(?<artifact>%1$s):(?:jar:(?<classifier>%1$s):)?(?<version>[A-Za-z0-9_.+-]+)"
              .formatted(WORD));
  private static final Pattern CHANGING = Pattern.compile("LATEST|RELEASE|.*-SNAPSHOT|\\.\\.?");

  /**
   * Reads {@code acme:paragraphs:1.2}, or {@code acme:paragraphs:jar:all:1.2} with a classifier;
   * empty if it is something else.
   */
  public static Optional<MavenCoordinates> parse(String text) {
    var parts = TEXT.matcher(text);
    return parts.matches() && !CHANGING.matcher(parts.group("version")).matches()
        ? Optional.of(
            new MavenCoordinates(
                parts.group("group"),
                parts.group("artifact"),
                Objects.requireNonNullElse(parts.group("classifier"), ""),
                parts.group("version")))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return classifier.isEmpty()
        ? group + ":" + artifact + ":" + version
        : group + ":" + artifact + ":jar:" + classifier + ":" + version;
  }
}
