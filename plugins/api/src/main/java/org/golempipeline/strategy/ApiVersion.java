package org.golempipeline.strategy;

import java.util.regex.Pattern;

/**
 * The version of this package as an interface, apart from the version of the product. A new minor
 * version adds what older plugins can do without, a new major version breaks them. A plugin's jar
 * says in its manifest, as {@code Golem-Pipeline-Api}, which version it was built against.
 */
public record ApiVersion(int major, int minor) {
  /** The version of the package that this class belongs to. */
  public static final ApiVersion CURRENT = new ApiVersion(1, 3);

  private static final Pattern FORM = Pattern.compile("([0-9]{1,4})\\.([0-9]{1,4})(\\.[0-9]+)?");

  public ApiVersion {
    if (major < 0 || minor < 0) {
      throw new IllegalArgumentException("negative version " + major + "." + minor);
    }
  }

  /**
   * A version such as {@code 1.0}; a third number is accepted and means nothing.
   *
   * @throws IllegalArgumentException if it does not look like one
   */
  public static ApiVersion parse(String text) {
    var parts = FORM.matcher(text.strip());
    if (!parts.matches()) {
      throw new IllegalArgumentException(text + " is not a version such as " + CURRENT);
    }
    return new ApiVersion(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)));
  }

  /** Whether what was built against {@code other} works with this version. */
  public boolean supports(ApiVersion other) {
    return major == other.major && minor >= other.minor;
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
