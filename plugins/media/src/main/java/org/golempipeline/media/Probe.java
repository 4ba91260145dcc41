package org.golempipeline.media;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.golempipeline.strategy.StrategyException;

/**
 * What {@code ffprobe} says of a file, asked once.
 *
 * @param container properties of the file
 * @param streams properties of each stream that was asked for, in order
 * @param index the packets of the video, none if they were not asked for
 * @param words what it had to complain of
 */
record Probe(
    Map<String, String> container,
    List<Map<String, String>> streams,
    VideoIndex index,
    String words) {
  private static final String ENTRIES =
      "-show_data_hash murmur3 -of compact"
          + " -show_entries format:format_tags:stream:stream_tags:stream_disposition";

  /** Which streams there are; no packet is read. */
  static final String ALL_STREAMS = ENTRIES;

  /** The video and its packets. */
  static final String PACKETS =
      "-fflags +genpts -select_streams V:0 " + ENTRIES + ":packet=pts_time,duration_time,flags";

  /** The same and its key frames, decoded. */
  static final String KEY_FRAMES =
      "-skip_frame nokey " + PACKETS + ":frame=best_effort_timestamp_time,pict_type";

  /** By how much the picture is turned, among the properties of a video that says so. */
  static final String ROTATION = "rotation";

  /** What stands for a value that is not known. */
  private static final String UNKNOWN = "N/A";

  /**
   * Asks for {@code what} of {@code source}.
   *
   * @param unreadable begins the message if that is not a video
   */
  static Probe read(
      Tool tool, String what, String source, Path folder, String unreadable, String hint)
      throws IOException, StrategyException {
    var answer = Files.createTempFile(folder, "probe-", ".txt");
    try {
      var outcome = tool.probe(what, source, answer);
      var probe = parse(answer, outcome.words().replace(source + ": ", ""));
      if (!outcome.good() || probe.video().isEmpty()) {
        var words = probe.words().isEmpty() ? "it has no video stream" : probe.words();
        throw new StrategyException(
            "%s: `ffprobe` says: %s".formatted(unreadable, sentence(words)), hint);
      }
      return probe;
    } finally {
      Files.deleteIfExists(answer);
    }
  }

  /** The first video that is not the picture on a cover. */
  Optional<Map<String, String>> video() {
    return streams.stream()
        .filter(stream -> "video".equals(stream.get("codec_type")))
        .filter(stream -> !"1".equals(stream.get("disposition:attached_pic")))
        .filter(stream -> !"1".equals(stream.get("disposition:timed_thumbnails")))
        .findFirst();
  }

  /** The streams of a type, in order: {@code audio}. */
  List<Map<String, String>> ofType(String type) {
    return streams.stream().filter(stream -> type.equals(stream.get("codec_type"))).toList();
  }

  /** When a stream begins by the clock of its file, in microseconds, if the file says it. */
  static Optional<Long> start(Map<String, String> stream) {
    return Optional.ofNullable(stream.get("start_time"))
        .filter(time -> !time.equals(UNKNOWN))
        .map(Seconds::parse);
  }

  /** {@code words} with a full stop at their end. */
  static String sentence(String words) {
    return words.endsWith(".") ? words : words + ".";
  }

  private static Probe parse(Path answer, String words) throws IOException {
    var container = new HashMap<String, String>();
    // Of a file with programs the streams are listed in those first, without all they have.
    var streams = new TreeMap<Integer, Map<String, String>>();
    var packets = new VideoIndex.Reader();
    try (var lines = Files.newBufferedReader(answer)) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("stream|")) {
          var stream = new HashMap<String, String>();
          properties(line, stream);
          streams.put(Integer.valueOf(stream.getOrDefault("index", "0")), stream);
        } else if (line.startsWith("format|")) {
          properties(line, container);
        } else {
          packets.line(line);
        }
      }
    }
    return new Probe(container, List.copyOf(streams.values()), packets.index(), words);
  }

  /** Reads a line like {@code stream|index=0|tag:title=a\|b|side_data|rotation=90}. */
  private static void properties(String line, Map<String, String> properties) {
    var field = new StringBuilder();
    for (var i = line.indexOf('|') + 1; i <= line.length(); i++) {
      if (i == line.length() || line.charAt(i) == '|') {
        var equals = field.indexOf("=");
        if (equals >= 0) {
          properties.putIfAbsent(field.substring(0, equals), field.substring(equals + 1));
        }
        field.setLength(0);
      } else if (line.charAt(i) == '\\' && i + 1 < line.length()) {
        field.append(escaped(line.charAt(++i)));
      } else {
        field.append(line.charAt(i));
      }
    }
  }

  private static char escaped(char c) {
    return switch (c) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 'f' -> '\f';
      case 'b' -> '\b';
      default -> c;
    };
  }
}
