package org.golempipeline.media;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.StrategyException;

/**
 * {@code media/segments}: cuts videos at key frames, without encoding them again. Each segment is a
 * video of its own with its own headers, which no range of the original is, so segments are written
 * to the working folder; the same input gives the same bytes. Subtitles and all else but the first
 * video stream are left out, the sound unless it is asked for: {@code media/concat} takes them from
 * the original.
 */
public final class SegmentsSplit implements SplitStrategy {
  private static final String WHAT = "split.media/segments";

  /** More cuts would not fit into one argument of a command. */
  private static final int MOST_SEGMENTS = 10_000;

  /** A number that no packet has: makes the segment muxer cut nowhere else. */
  private static final String NEVER = "2147483646";

  /** Codecs whose segments are MP4: it keeps exact times, and how the picture is turned. */
  private static final Set<String> MP4 =
      Set.of("h264", "hevc", "av1", "vp9", "mpeg4", "mpeg2video", "mpeg1video", "mjpeg");

  private static final Set<String> MOV = Set.of("prores", "dnxhd");

  @Override
  public String name() {
    return "media/segments";
  }

  @Override
  public String version() {
    return "1";
  }

  @Override
  public String summary() {
    return "Cuts videos at key frames into segments, without encoding them again.";
  }

  @Override
  public String optionsSchema() {
    return """
        {
          "description": "How long the segments are. They begin at key frames, so that a segment \
        may be longer than asked for.",
          "type": "object",
          "x-local-commands": true,
          "oneOf": [
            { "required": ["seconds"] },
            { "required": ["into"] }
          ],
          "properties": {
            "seconds": {
              "description": "A segment ends at the first key frame after so many seconds.",
              "type": "number",
              "exclusiveMinimum": 0,
              "maximum": 1000000
            },
            "into": {
              "description": "Most segments of each video, about equally long; fewer if it has too \
        few key frames.",
              "type": "integer",
              "minimum": 1,
              "maximum": 10000
            },
            "audio": {
              "description": "`keep` gives each segment its part of all tracks of sound, for \
        commands that hear it. `none` leaves them out. Default `none`.",
              "enum": ["none", "keep"]
            }
          },
          "additionalProperties": false
        }
        """;
  }

  @Override
  public boolean optionsRequired() {
    return true;
  }

  @Override
  public InputUse inputUse() {
    return InputUse.REQUIRED;
  }

  @Override
  public InputShape inputShape(Options options) {
    return InputShape.FILE;
  }

  @Override
  public List<String> variables(Options options) {
    return List.of("segment", "start", "duration");
  }

  @Override
  public Fragments split(SplitContext context) throws IOException, StrategyException {
    var work = context.workingFolder();
    var folder = Files.createTempDirectory(work, "segments-").toAbsolutePath();
    var fragments = new ArrayList<Fragment>();
    for (var input : context.inputs()) {
      var place = Files.createDirectory(folder.resolve(String.valueOf(fragments.size())));
      fragments.addAll(segments(input, context, place));
    }
    return Fragments.of(fragments);
  }

  private static List<Fragment> segments(InputFile input, SplitContext context, Path folder)
      throws IOException, StrategyException {
    var tool = new Tool(context.shell(), WHAT, folder);
    var source = tool.link(input, "source");
    var probe =
        Probe.read(
            tool,
            Probe.KEY_FRAMES,
            source,
            folder,
            "`%s` is not a video".formatted(input.path()),
            "Exclude it from `input`, as in `\"!%s\"`.".formatted(input.path()));
    var index = probe.index();
    refuseIfUnfit(probe, input);
    var all = Contents.read(tool, source, folder, input);
    all.lost().forEach(context::warn);
    var keepsSound = context.options().at("audio").text().orElse("none").equals("keep");
    var tracks = keepsSound ? all.audio() : List.<Map<String, String>>of();
    if (!tracks.isEmpty() && all.isTurned()) {
      throw new StrategyException(
          "`%s` says that its picture is turned, which segments with sound cannot say."
              .formatted(input.path()),
          "Turn the picture itself beforehand, as `ffmpeg -i FILE NEW.mkv` does, or leave out"
              + " `audio: keep`.");
    }
    var places = places(index, context.options(), input);
    var first = index.leading() ? firstPicture(tool, source, folder, index) : index.start();
    warnIfWhole(places, index, context, input);
    var suffix = suffix(probe, !tracks.isEmpty());
    var files = cut(tool, source, input, folder, suffix, places, tracks.size());

    var fragments = new ArrayList<Fragment>();
    for (var i = 0; i < places.size(); i++) {
      var start = i == 0 ? first : places.get(i).time();
      var end = i + 1 < places.size() ? places.get(i + 1).time() : index.end();
      var variables = new LinkedHashMap<String, String>();
      variables.put("segment", String.valueOf(i));
      variables.put("start", Seconds.text(start));
      variables.put("duration", Seconds.text(end - start));
      var file = files.get(i);
      var segment = new InputFile(file, 0, Files.size(file), input.path());
      fragments.add(new Fragment(List.of(Piece.Slice.whole(segment)), variables));
    }
    return fragments;
  }

  private static void refuseIfUnfit(Probe probe, InputFile input) throws StrategyException {
    var index = probe.index();
    if (index.untimed() > 0) {
      throw new StrategyException(
          "%d frames of `%s` have no time stamp.".formatted(index.untimed(), input.path()),
          "Put them into a container that has them: `ffmpeg -fflags +genpts -i FILE -c copy"
              + " NEW.mkv`.");
    }
    if (index.places().isEmpty()) {
      var words = Probe.sentence(probe.words().isEmpty() ? "nothing" : probe.words());
      throw new StrategyException(
          "`%s` has no key frame to begin at: `ffprobe` says: %s".formatted(input.path(), words),
          "See whether it plays; if not, it is damaged or was not copied to its end.");
    }
    if (index.hidden() > 0) {
      throw new StrategyException(
          "`%s` hides %d of its frames by an edit list, which segments cannot keep."
              .formatted(input.path(), index.hidden()),
          "Cut it where it was trimmed: `ffmpeg -i FILE -c:v libx264 -qp 0 -c:a copy NEW.mkv`.");
    }
  }

  /** The user may wonder why many machines are of no use. */
  private static void warnIfWhole(
      List<VideoIndex.Place> places, VideoIndex index, SplitContext context, InputFile input) {
    var options = context.options();
    var seconds = options.at("seconds").decimal();
    var wanted =
        seconds.isPresent()
            ? index.end() - index.start() >= 2 * Math.max(1, Seconds.of(seconds.get()))
            : options.at("into").integer().orElse(1L) > 1;
    if (wanted && index.places().size() == 1) {
      context.warn(
          "`%s` has no key frame that it can be cut at, so it is one segment of %s s."
              .formatted(input.path(), Seconds.text(index.end() - index.start())));
    }
  }

  /** When the decoder shows its first picture, in microseconds: it may have to drop some. */
  private static long firstPicture(Tool tool, String source, Path folder, VideoIndex index)
      throws IOException, StrategyException {
    var answer = Files.createTempFile(folder, "pictures-", ".txt");
    try {
      tool.probe(
          "-select_streams V:0 -read_intervals %+#60 -show_frames"
              + " -show_entries frame=best_effort_timestamp_time -of default=nk=1:nw=1",
          source, answer);
      try (var lines = Files.lines(answer)) {
        return lines
            .filter(line -> line.matches("-?[0-9.]+"))
            .findFirst()
            .map(Seconds::parse)
            .orElse(index.start());
      }
    } finally {
      Files.deleteIfExists(answer);
    }
  }

  private static List<VideoIndex.Place> places(VideoIndex index, Options options, InputFile input)
      throws StrategyException {
    var into = options.at("into").integer();
    var places =
        into.isPresent()
            ? parts(index, into.get())
            : pieces(index, options.at("seconds").decimal().orElseThrow());
    if (places.size() > MOST_SEGMENTS) {
      throw new StrategyException(
          "`%s` would become %d segments, more than %d."
              .formatted(input.path(), places.size(), MOST_SEGMENTS),
          "Ask for longer ones with `seconds`.");
    }
    return places;
  }

  private static List<VideoIndex.Place> pieces(VideoIndex index, BigDecimal seconds) {
    var least = Math.max(1, Seconds.of(seconds));
    var chosen = new ArrayList<VideoIndex.Place>();
    for (var place : index.places()) {
      if (chosen.isEmpty() || place.time() - chosen.get(chosen.size() - 1).time() >= least) {
        chosen.add(place);
      }
    }
    return chosen;
  }

  /** The places nearest to equal parts. */
  private static List<VideoIndex.Place> parts(VideoIndex index, long into) {
    var all = index.places();
    var length = index.end() - index.start();
    var chosen = new ArrayList<VideoIndex.Place>(List.of(all.get(0)));
    var next = 1;
    for (var part = 1L; part < into; part++) {
      var wanted = index.start() + length / into * part;
      while (next + 1 < all.size()
          && Math.abs(all.get(next + 1).time() - wanted)
              <= Math.abs(all.get(next).time() - wanted)) {
        next++;
      }
      if (next < all.size() && isNearer(all.get(next), wanted, chosen)) {
        chosen.add(all.get(next++));
      }
    }
    return chosen;
  }

  /** Whether a place is nearer to where a part should begin than what was chosen before. */
  private static boolean isNearer(
      VideoIndex.Place place, long wanted, List<VideoIndex.Place> chosen) {
    var last = chosen.get(chosen.size() - 1);
    return Math.abs(place.time() - wanted) < Math.abs(last.time() - wanted);
  }

  private static String suffix(Probe probe, boolean hasSound) {
    var codec = probe.video().orElseThrow().getOrDefault("codec_name", "");
    // Matroska shows all that can be decoded; an MP4 would hide what comes before its first
    // picture, and what sounds there.
    if (probe.index().leading() || hasSound) {
      return "mkv";
    }
    return MP4.contains(codec) ? "mp4" : MOV.contains(codec) ? "mov" : "mkv";
  }

  private static List<Path> cut(
      Tool tool,
      String source,
      InputFile input,
      Path folder,
      String suffix,
      List<VideoIndex.Place> places,
      int tracks)
      throws IOException, StrategyException {
    var cuts =
        places.stream()
            .skip(1)
            .map(place -> place.packet() + ",")
            .collect(Collectors.joining("", "", NEVER));
    var container = suffix.equals("mkv") ? "matroska" : suffix;
    var sound = new StringBuilder(tracks == 0 ? "" : " -map 0:a");
    for (var i = 0; i < tracks; i++) {
      sound.append(" -map_metadata:s:a:%d 0:s:a:%d".formatted(i, i));
    }
    var outcome =
        tool.convert(
            "-fflags +genpts "
                + Tool.GUARD
                + "-i \"$source\" -map 0:V:0 -c copy -copypriorss 1 -map_metadata -1"
                + sound
                + " -map_chapters -1 -fflags +bitexact"
                + (suffix.equals("mkv") ? "" : " -avoid_negative_ts disabled")
                + " -f segment -segment_format "
                + container
                + " -segment_frames \"$cuts\" -reset_timestamps 1 segment-%06d."
                + suffix,
            Map.of("source", source, "cuts", cuts));
    var files = new ArrayList<Path>();
    for (var i = 0; i < places.size(); i++) {
      files.add(folder.resolve("segment-%06d.%s".formatted(i, suffix)));
    }
    var beyond = folder.resolve("segment-%06d.%s".formatted(places.size(), suffix));
    if (!outcome.good() || !files.stream().allMatch(Files::exists) || Files.exists(beyond)) {
      throw new StrategyException(
          "`ffmpeg` could not cut `%s`%s"
              .formatted(
                  input.path(),
                  outcome.words().isEmpty()
                      ? " where its key frames are."
                      : ": " + Probe.sentence(outcome.words())),
          "See whether this writes the whole video: `ffmpeg -i FILE -map 0:V:0 -c copy NEW.mkv`.");
    }
    return files;
  }
}
