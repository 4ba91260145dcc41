package org.golempipeline.media;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.golempipeline.strategy.FragmentOutput;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.Merger;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * One joined video in the making. The concat demuxer gets every part with the exact time until the
 * next one begins in the original, rather than what the containers round it to, so that picture and
 * sound cannot drift apart however many parts there are.
 */
final class Join implements Merger {
  private static final String WHAT = "merge.media/concat";

  /** What ffmpeg says when a codec does not go with a container. */
  private static final Pattern MISFIT =
      Pattern.compile(
          "(?i)not currently supported in container|could not find tag for codec|are supported for"
              + " webm|could not write header");

  private final MergeContext context;
  private final Path folder;
  private final Tool tool;
  private final List<Part> parts = new ArrayList<>();

  Join(MergeContext context) {
    this.context = context;
    this.folder = context.workingFolder().toAbsolutePath();
    this.tool = new Tool(context.shell(), WHAT, folder);
  }

  @Override
  public void add(FragmentOutput output) throws IOException, StrategyException {
    var name = "part-%06d".formatted(parts.size());
    var source = tool.link(output.file(), name);
    var unreadable = "The output of %s is not a video".formatted(output.label());
    var hint = "Let `run` write one, and see what it says: a failed command must not end well.";
    var probe = Probe.read(tool, Probe.PACKETS, source, folder, unreadable, hint);
    var index = probe.index();
    if (index.places().isEmpty()) {
      throw new StrategyException("%s: it has no frames.".formatted(unreadable), hint);
    }
    var part =
        new Part(
            output.label(),
            name,
            output.variables(),
            probe.video().orElseThrow(),
            probe.container(),
            index.end() - index.start(),
            index.lastPicture(),
            Math.max(0, index.start() - Probe.start(probe.container()).orElse(index.start())));
    if (!parts.isEmpty()) {
      refuseIfDifferent(part);
    }
    parts.add(part);
  }

  private void refuseIfDifferent(Part part) throws StrategyException {
    var first = parts.get(0);
    var difference = part.difference(first);
    if (difference.isPresent()) {
      throw new StrategyException(
          "The video of %s and that of %s differ in their %s and cannot be joined."
              .formatted(part.label(), first.label(), difference.get()),
          "Let all fragments use the same program with the same options.");
    }
    var last = parts.get(parts.size() - 1);
    var begins = part.start();
    if (begins.isPresent()
        && last.start().isPresent()
        && begins.getAsLong() <= last.start().getAsLong()) {
      throw new StrategyException(
          "The segment of %s does not come after that of %s.".formatted(part.label(), last.label()),
          "Let `output` name what tells the videos apart, such as `${path}` or a variable of"
              + " `matrix`: outputs of the same path are joined.");
    }
  }

  @Override
  public void finish() throws IOException, StrategyException {
    if (parts.isEmpty()) {
      throw new StrategyException("There is no video to join.");
    }
    var sound = context.options().at("audio").text().orElse("original");
    var wantsSubtitles =
        context.options().at("subtitles").text().orElse("original").equals("original");
    var original = original(sound.equals("original"));
    var exact = parts.stream().allMatch(part -> part.start().isPresent());
    var odd = parts.stream().filter(part -> !part.lastsAsItsSegment()).findFirst();
    if (odd.isPresent() && sound.equals("original")) {
      throw new StrategyException(
          "The output of %s lasts %s s, its segment %s s: picture and sound would part."
              .formatted(
                  odd.get().label(),
                  Seconds.text(odd.get().length()),
                  Seconds.text(odd.get().duration().orElseThrow())),
          "Let `run` keep the length of the segment, or set `audio: none`.");
    }
    writeList(exact && odd.isEmpty());
    mux(sound, wantsSubtitles, odd.isEmpty(), original);
  }

  /** The input that the outputs are of. */
  private Optional<InputFile> original(boolean required) throws StrategyException {
    var paths = new LinkedHashSet<@Nullable String>();
    parts.forEach(part -> paths.add(part.variables().get("path")));
    var path = paths.iterator().next();
    var found =
        paths.size() > 1
            ? Optional.<InputFile>empty()
            : context.inputs().stream().filter(input -> input.path().equals(path)).findFirst();
    if (found.isEmpty() && required) {
      var reason =
          paths.size() > 1
              ? "the outputs are of several inputs, such as `%s`".formatted(path)
              : path == null
                  ? "the outputs are of no input"
                  : "there is no input `%s`".formatted(path);
      throw new StrategyException(
          "There is no sound to add, because %s.".formatted(reason),
          "Set `audio: none` or `audio: segments`, or let `output` name `${path}` or `${stem}`.");
    }
    return found;
  }

  private void writeList(boolean exact) throws IOException {
    var list = new StringBuilder("ffconcat version 1.0\n");
    for (var i = 0; i < parts.size(); i++) {
      var part = parts.get(i);
      var length = part.length();
      if (exact) {
        length =
            i + 1 < parts.size()
                ? parts.get(i + 1).start().orElseThrow() - part.start().orElseThrow()
                : part.duration().orElse(length);
      }
      if (i + 1 < parts.size()) {
        // The demuxer lines up where files begin, not where their pictures do.
        length += part.lead() - parts.get(i + 1).lead();
      }
      list.append("file %s\nduration %s\n".formatted(part.link(), Seconds.text(length)));
    }
    Files.writeString(folder.resolve("list"), list);
  }

  private void mux(
      String sound, boolean wantsSubtitles, boolean keepsTime, Optional<InputFile> original)
      throws IOException, StrategyException {
    var format = context.options().at("format").text().orElseGet(this::formatOfOutputs);
    var variables = new HashMap<String, String>();
    var tracks = List.<Map<String, String>>of();
    var lead = parts.get(0).lead();
    var inputs = Tool.GUARD_OF_LIST + "-f concat -i file:list";
    var choice = " -map 0:V:0" + (sound.equals("segments") ? " -map 0:a?" : "");
    if (original.isPresent()) {
      var source = tool.link(original.get(), "original");
      var whole = Contents.read(tool, source, folder, original.get());
      tracks = sound.equals("original") ? whole.audio() : List.of();
      var begin = parts.get(0).start().orElseGet(() -> begin(whole.probe()));
      var base = sound.equals("segments") ? begin - lead : begin;
      for (var track : tracks) {
        base = Math.min(base, Probe.start(track).orElse(base));
      }
      variables.put("source", source);
      variables.put("later", Seconds.text(begin - lead - base));
      variables.put("back", Seconds.text(-base));
      inputs =
          "-itsoffset \"$later\" %s -itsoffset \"$back\" %s-i \"$source\""
              .formatted(inputs, Tool.GUARD);
      choice += tracks.isEmpty() ? "" : " -map 1:a";
      choice += wantsSubtitles ? subtitles(whole, format, keepsTime) : "";
      choice += " -map_metadata:g 1:g -map_chapters 1" + about(whole.probe(), variables);
    }
    variables.put("target", context.target().toAbsolutePath().toString());
    var outcome =
        tool.convert(
            "-copyts %s%s -c copy -copypriorss 1 -fflags +bitexact -f %s \"file:$target\""
                .formatted(inputs, choice, container(format)),
            variables);
    if (!outcome.good() || !Files.isRegularFile(context.target())) {
      throw refused(format, tracks, outcome.words(), original);
    }
  }

  /** Chooses the subtitles that can be copied, and tells of those that cannot. */
  private String subtitles(Contents whole, String format, boolean keepsTime) {
    var tracks = whole.subtitles();
    var choice = new StringBuilder();
    var left = new LinkedHashSet<String>();
    for (var i = 0; i < tracks.size(); i++) {
      if (keepsTime && Contents.holdsSubtitles(format, tracks.get(i))) {
        choice.append(" -map 1:s:%d".formatted(i));
      } else {
        left.add(tracks.get(i).getOrDefault("codec_name", "unknown"));
      }
    }
    if (!left.isEmpty()) {
      var why =
          keepsTime
              ? "a file of the format %s cannot hold them".formatted(format)
              : "the videos do not last as long as their segments";
      context.warn(
          "Subtitles of `%s` (%s) are left out, because %s."
              .formatted(whole.path(), String.join(", ", left), why));
    }
    // Attachments are the fonts of subtitles.
    if (!choice.isEmpty() && format.equals("mkv") && !whole.attachments().isEmpty()) {
      choice.append(" -map 1:t");
    }
    return choice.toString();
  }

  private static long begin(Probe probe) {
    return probe.video().flatMap(Probe::start).orElse(0L);
  }

  /** Language and title of the video; the sound's come along with it. */
  private static String about(Probe probe, Map<String, String> variables) {
    var text = new StringBuilder();
    for (var tag : List.of("language", "title")) {
      var value = probe.video().map(video -> video.get("tag:" + tag)).orElse(null);
      if (value != null) {
        variables.put(tag, value);
        text.append(" -metadata:s:v:0 %s=\"$%s\"".formatted(tag, tag));
      }
    }
    return text.toString();
  }

  private String formatOfOutputs() {
    var container = parts.get(0).container();
    var isMov = container.getOrDefault("format_name", "").startsWith("mov,");
    var brand = container.getOrDefault("tag:major_brand", "");
    return !isMov ? "mkv" : brand.startsWith("qt") ? "mov" : "mp4";
  }

  private static String container(String format) {
    return format.equals("mkv") ? "matroska" : format;
  }

  private StrategyException refused(
      String format, List<Map<String, String>> tracks, String words, Optional<InputFile> original) {
    var said = words.isEmpty() ? "." : ": " + Probe.sentence(words);
    if (!MISFIT.matcher(words).find()) {
      return new StrategyException("`ffmpeg` could not join the videos%s".formatted(said));
    }
    var codecs = new LinkedHashSet<String>();
    tracks.forEach(track -> codecs.add(track.getOrDefault("codec_name", "unknown")));
    var video = parts.get(0).video().getOrDefault("codec_name", "unknown");
    var fromSegments = context.options().at("audio").text().filter("segments"::equals).isPresent();
    var sound =
        codecs.isEmpty()
            ? fromSegments ? " with the sound of the outputs" : ""
            : " with the sound of `%s` (%s)"
                .formatted(original.map(InputFile::path).orElse(""), String.join(", ", codecs));
    return new StrategyException(
        "A file of the format %s cannot hold %s video%s%s".formatted(format, video, sound, said),
        "Set `format: mkv`, which holds any codec, or `audio: none`.");
  }

  @Override
  public void close() {}
}
