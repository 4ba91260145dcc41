package org.golempipeline.media;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An output that will be joined with others.
 *
 * @param label how the user knows it
 * @param link its name in the working folder
 * @param variables of its fragment
 * @param video properties of its video stream
 * @param container properties of the file
 * @param length how long it lasts, in microseconds
 * @param picture how long one of its pictures lasts, in microseconds
 * @param lead how long before its first picture the file begins, with sound, in microseconds
 */
record Part(
    String label,
    String link,
    Map<String, String> variables,
    Map<String, String> video,
    Map<String, String> container,
    long length,
    long picture,
    long lead) {
  /** What must be the same in all parts, from the most to the least telling, and a word for it. */
  private static final List<Map.Entry<String, String>> SAME =
      List.of(
          Map.entry("codec_name", "codec"),
          Map.entry("width", "width"),
          Map.entry("height", "height"),
          Map.entry("pix_fmt", "pixel format"),
          Map.entry("sample_aspect_ratio", "pixel shape"),
          Map.entry("profile", "profile"),
          Map.entry("extradata_hash", "codec parameters"));

  private static final long LEAST_TOLERANCE = Seconds.ONE / 10;

  /** How this part's video differs from another's such that they cannot be joined, if it does. */
  Optional<String> difference(Part other) {
    for (var property : SAME) {
      var mine = video.getOrDefault(property.getKey(), "none");
      var theirs = other.video.getOrDefault(property.getKey(), "none");
      if (!mine.equals(theirs)) {
        var isHash = property.getKey().endsWith("_hash");
        var values = isHash ? "" : " (%s, not %s)".formatted(mine, theirs);
        return Optional.of(property.getValue() + values);
      }
    }
    return Optional.empty();
  }

  /** When its segment begins by the clock of the original, in microseconds, if it is a segment. */
  OptionalLong start() {
    return time("start");
  }

  /** How long its segment lasts, in microseconds, if it is a segment. */
  OptionalLong duration() {
    return time("duration");
  }

  /** Whether it lasts as long as its segment: two pictures more or less are rounding. */
  boolean lastsAsItsSegment() {
    var tolerance = Math.max(LEAST_TOLERANCE, 2 * picture);
    return Math.abs(length - duration().orElse(length)) <= tolerance;
  }

  private OptionalLong time(String name) {
    var text = variables.get(name);
    return text != null && variables.containsKey("segment") && text.matches("-?[0-9]+(\\.[0-9]+)?")
        ? OptionalLong.of(Seconds.parse(text))
        : OptionalLong.empty();
  }
}
