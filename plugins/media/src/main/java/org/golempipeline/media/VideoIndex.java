package org.golempipeline.media;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The packets of a video, as far as it takes to cut it. A key frame is a place to cut if nothing
 * refers across it: all packets before it show earlier pictures, all after it later ones (so not
 * where a group of pictures is open), and the decoder agrees that it is a picture of its own (so
 * not where only part of the picture is refreshed).
 *
 * @param places where it can be cut; the first is where it begins
 * @param end when the last picture ends, in microseconds
 * @param lastPicture how long the last picture shows, in microseconds
 * @param hidden packets that the file itself says not to show
 * @param untimed packets that have no time
 * @param leading whether pictures come after the first key frame that show before it
 */
record VideoIndex(
    List<Place> places, long end, long lastPicture, long hidden, long untimed, boolean leading) {
  /**
   * A key frame.
   *
   * @param packet its number among the packets, from 0 for the first key frame
   * @param time when it is shown, in microseconds
   */
  record Place(long packet, long time) {}

  /** When the first picture is shown, in microseconds. */
  long start() {
    return places.get(0).time();
  }

  /** Reads what {@code ffprobe} says of packets and frames, line by line. */
  static final class Reader {
    private final List<Place> candidates = new ArrayList<>();
    private final Set<Long> intra = new HashSet<>();
    private @Nullable Place key;
    private boolean clean;
    private boolean leading;
    private long pictures;
    private long hidden;
    private long untimed;
    private long latest = Long.MIN_VALUE;
    private long before = Long.MIN_VALUE;
    private long duration;

    /** Takes the next line, which may be about something else. */
    void line(String line) {
      if (line.startsWith("packet|")) {
        packet(line);
      } else if (line.startsWith("frame|") && "I".equals(field(line, "pict_type"))) {
        var time = field(line, "best_effort_timestamp_time");
        if (time != null) {
          intra.add(Seconds.parse(time));
        }
      }
    }

    private void packet(String line) {
      var flags = field(line, "flags");
      var isKey = flags != null && flags.startsWith("K");
      if (!isKey && key == null) {
        return;
      }
      if (flags != null && flags.contains("D")) {
        hidden++;
      }
      var text = field(line, "pts_time");
      if (text == null) {
        untimed++;
        pictures++;
        return;
      }
      var time = Seconds.parse(text);
      if (key != null && time < key.time()) {
        clean = false;
        leading |= key.packet() == 0;
      }
      if (isKey) {
        keep();
        key = new Place(pictures, time);
        clean = latest < time;
      }
      pictures++;
      if (time > latest) {
        before = latest;
        latest = time;
        var lasts = field(line, "duration_time");
        duration = lasts == null ? 0 : Seconds.parse(lasts);
      }
    }

    /** Keeps the key frame whose group has ended. */
    private void keep() {
      if (key != null && (clean || key.packet() == 0)) {
        candidates.add(key);
      }
    }

    /** What the lines said. */
    VideoIndex index() {
      keep();
      var places =
          candidates.stream()
              .filter(place -> place.packet() == 0 || intra.contains(place.time()))
              .toList();
      if (duration <= 0 && before != Long.MIN_VALUE) {
        duration = latest - before;
      }
      var end = latest == Long.MIN_VALUE ? 0 : latest + duration;
      return new VideoIndex(places, end, duration, hidden, untimed, leading);
    }

    /** A value of a line like {@code packet|pts_time=0.04|flags=K_}, null if it is not known. */
    private static @Nullable String field(String line, String name) {
      var at = line.indexOf("|" + name + "=");
      if (at < 0) {
        return null;
      }
      var from = at + name.length() + 2;
      var to = line.indexOf('|', from);
      var value = to < 0 ? line.substring(from) : line.substring(from, to);
      return value.equals("N/A") ? null : value;
    }
  }
}
