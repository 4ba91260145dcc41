package org.golempipeline.media;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.StrategyException;

/**
 * All that is in a video beside its first picture: what comes along, and what does not.
 *
 * @param path how the user knows the video
 */
record Contents(String path, Probe probe) {
  /** Subtitles that can be copied, by the format of the target. */
  private static final Map<String, Set<String>> SUBTITLES =
      Map.of(
          "mkv",
          Set.of(
              "subrip",
              "ass",
              "ssa",
              "webvtt",
              "text",
              "hdmv_pgs_subtitle",
              "dvd_subtitle",
              "dvb_subtitle"),
          "mp4",
          Set.of("mov_text"),
          "mov",
          Set.of("mov_text"),
          "webm",
          Set.of("webvtt"));

  static Contents read(Tool tool, String source, Path folder, InputFile input)
      throws IOException, StrategyException {
    var probe =
        Probe.read(
            tool,
            Probe.ALL_STREAMS,
            source,
            folder,
            "`%s` is not a video any more".formatted(input.path()),
            "Put it back as it was when it was split.");
    return new Contents(input.path(), probe);
  }

  /** The tracks of sound, in order. */
  List<Map<String, String>> audio() {
    return probe.ofType("audio");
  }

  /** The tracks of subtitles, in order. */
  List<Map<String, String>> subtitles() {
    return probe.ofType("subtitle");
  }

  List<Map<String, String>> attachments() {
    return probe.ofType("attachment");
  }

  /** Whether the picture is to be turned when it is shown. */
  boolean isTurned() {
    var angle = probe.video().map(video -> video.get(Probe.ROTATION)).orElse(null);
    return angle != null && !angle.matches("-?0+(\\.0+)?");
  }

  static boolean holdsSubtitles(String format, Map<String, String> track) {
    return SUBTITLES.getOrDefault(format, Set.of()).contains(track.getOrDefault("codec_name", ""));
  }

  /** What is in no segment and does not come back when they are joined, as a sentence if any. */
  List<String> lost() {
    var pictures = probe.ofType("video").stream().filter(Contents::isCover).count();
    var words = new ArrayList<String>();
    count(words, probe.ofType("video").size() - pictures - 1, "more video stream");
    count(words, pictures, "cover picture");
    // In MP4 the titles of chapters are a stream as well, and chapters come along.
    var data = probe.ofType("data").stream();
    count(
        words,
        data.filter(stream -> !"text".equals(stream.get("codec_tag_string"))).count(),
        "data stream");
    return words.isEmpty()
        ? List.of()
        : List.of(
            "Of `%s`, %s in no segment and not in what `media/concat` makes of them."
                .formatted(path, listed(words)));
  }

  private static void count(List<String> words, long count, String noun) {
    if (count > 0) {
      words.add(count + " " + noun + (count > 1 ? "s" : ""));
    }
  }

  private static String listed(List<String> words) {
    var last = words.get(words.size() - 1);
    var before = String.join(", ", words.subList(0, words.size() - 1));
    var verb = before.isEmpty() && last.startsWith("1 ") ? " is" : " are";
    return (before.isEmpty() ? last : before + " and " + last) + verb;
  }

  private static boolean isCover(Map<String, String> stream) {
    return "1".equals(stream.get("disposition:attached_pic"))
        || "1".equals(stream.get("disposition:timed_thumbnails"));
  }
}
