package org.golempipeline.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.golempipeline.strategy.StrategyException;
import org.golempipeline.strategy.testing.TestOutput;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a joined video holds, and what cannot be joined. */
@Timeout(240)
class ConcatMergeTest {
  private static final String PICTURES = "-f lavfi -i testsrc2=s=96x64:r=25:d=4 ";
  private static final String SOUND = "-f lavfi -i sine=d=4 ";
  private static final String CODEC = "-c:v libx264 -preset ultrafast -g 25 -bf 2 ";
  private static final String COPY = "cat \"$in\" > \"$out\"";

  @TempDir private Path folder;
  private Studio studio;

  @BeforeEach
  void open() {
    studio = new Studio(folder);
  }

  @Test
  void keepsTracksChaptersAndTags() throws Exception {
    var words =
        Files.writeString(folder.resolve("words.srt"), "1\n00:00:00,500 --> 00:00:02,000\nHi\n");
    var about =
        Files.writeString(
            folder.resolve("about"),
            """
            ;FFMETADATA1
            title=Two "tracks" $(touch gone)
            [CHAPTER]
            TIMEBASE=1/1000
            START=0
            END=1500
            title=First
            [CHAPTER]
            TIMEBASE=1/1000
            START=1500
            END=4000
            title=Second
            """);
    var video = folder.resolve("talk.mkv");
    Ffmpeg.run(
        PICTURES
            + SOUND
            + SOUND
            + "-i @ -i @ -map 0 -map 1 -map 2 -map 3 -map_metadata 4 "
            + CODEC
            + "-c:a flac -c:s srt -metadata:s:s:0 language=eng -attach @"
            + " -metadata:s:t:0 mimetype=application/x-truetype-font -metadata:s:v:0 title=`id`;'\"$x -metadata:s:a:0 language=deu"
            + " -metadata:s:a:1 language=fra @",
        words,
        about,
        Files.writeString(folder.resolve("letters.ttf"), "font"),
        video);
    var outputs = studio.outputs(studio.split("{\"into\": 2}", video), ".mp4", COPY);

    var merged = studio.merge("{\"format\": \"mkv\"}", outputs, Studio.input(video));

    assertThat(
            Ffmpeg.probe(
                "-show_chapters -show_entries stream=codec_name:stream_tags=language,title"
                    + ":format_tags=title:chapter=start_time:chapter_tags=title -of csv=p=0",
                merged))
        .isEqualToIgnoringNewLines(
            """
            h264,"`id`;'""$x"
            flac,deu
            flac,fra
            subrip,eng
            ttf
            0.000000,First
            1.500000,Second
            "Two ""tracks"" $(touch gone)"
            """
                .strip());
    assertThat(Ffmpeg.pictures(List.of(merged, video)).stream().distinct()).hasSize(1);
    var chapters = folder.resolve("chapters.mp4");
    Ffmpeg.run("-i @ -map 0:v -c copy @", video, chapters);
    studio.split("{\"into\": 2}", chapters);
    assertThat(studio.warnings).isEmpty();
  }

  @Test
  void warnsOfSubtitlesThatTheFormatCannotHold() throws Exception {
    var words =
        Files.writeString(folder.resolve("words.srt"), "1\n00:00:00,500 --> 00:00:02,000\nHi\n");
    var video = folder.resolve("talk.mkv");
    Ffmpeg.run(PICTURES + "-i @ " + CODEC + "-c:s srt @", words, video);
    var outputs = studio.outputs(studio.split("{\"into\": 2}", video), ".mp4", COPY);

    var merged = studio.merge("{}", outputs, Studio.input(video));

    assertThat(codecs(merged)).isEqualTo("h264");
    assertThat(studio.warnings)
        .containsExactly(
            "Subtitles of `talk.mkv` (subrip) are left out, because a file of the format mp4"
                + " cannot hold them.");
    assertThat(codecs(studio.merge("{\"subtitles\": \"none\"}", outputs, Studio.input(video))))
        .isEqualTo("h264");
    assertThat(studio.warnings).isEmpty();
  }

  @Test
  void joinsTheSoundOfSegmentsWhereItWas() throws Exception {
    var video = studio.clip("a.mkv", PICTURES + SOUND + CODEC + "-c:a flac");
    var outputs =
        studio.outputs(studio.split("{\"into\": 4, \"audio\": \"keep\"}", video), ".mkv", COPY);

    var merged = studio.merge("{\"audio\": \"segments\"}", outputs, Studio.input(video));

    assertThat(sound(merged)).isEqualTo(sound(video));
    var shift = Ffmpeg.times(merged).get(0) - Ffmpeg.times(video).get(0);
    for (var stream : List.of("V:0", "a:0")) {
      var times = times(merged, stream);
      var expected = times(video, stream);
      assertThat(times).hasSameSizeAs(expected);
      for (var i = 0; i < times.size(); i++) {
        assertThat(times.get(i) - shift).isCloseTo(expected.get(i), offset(0.0021));
      }
    }
  }

  private static List<Double> times(Path video, String stream) throws Exception {
    return Ffmpeg.probe(
            "-select_streams %s -show_entries packet=pts_time -of csv=p=0".formatted(stream), video)
        .lines()
        .map(line -> Double.parseDouble(line.replace(",", "")))
        .sorted()
        .toList();
  }

  private static String sound(Path video) throws Exception {
    return Ffmpeg.run("-i @ -map 0:a -f md5 -", video);
  }

  @Test
  void takesSoundFromTheOutputsOrNone() throws Exception {
    var video = studio.clip("a.mp4", PICTURES + SOUND + CODEC);
    var outputs =
        studio.outputs(
            studio.split("{\"into\": 2}", video),
            ".mp4",
            "ffmpeg -v error -nostdin -i \"$in\" -f lavfi -i sine=d=2 -c:v copy -c:a flac"
                + " -strict -2 -shortest -f matroska \"$out\"");

    assertThat(codecs(studio.merge("{\"audio\": \"segments\"}", outputs))).isEqualTo("h264\nflac");
    assertThat(codecs(studio.merge("{\"audio\": \"none\"}", outputs))).isEqualTo("h264");
    assertThat(codecs(studio.merge("{}", outputs, Studio.input(video)))).isEqualTo("h264\naac");
  }

  @Test
  void aVideoWithoutSoundStaysOne() throws Exception {
    var video = studio.clip("a.mp4", PICTURES + CODEC);
    var outputs = studio.outputs(studio.split("{\"into\": 2}", video), ".mp4", COPY);

    assertThat(codecs(studio.merge("{}", outputs, Studio.input(video)))).isEqualTo("h264");
  }

  @Test
  void aTurnedPictureStandsUpright() throws Exception {
    var flat = studio.clip("flat.mp4", PICTURES + SOUND + CODEC);
    var video = folder.resolve("turned.mp4");
    Ffmpeg.run("-i @ -c copy -metadata:s:v:0 rotate=90 @", flat, video);
    var outputs =
        studio.outputs(
            studio.split("{\"into\": 2}", video),
            ".mp4",
            "ffmpeg -v error -nostdin -i \"$in\" -c:v libx264 -preset ultrafast -qp 0 \"$out\"");

    var merged = studio.merge("{}", outputs, Studio.input(video));

    assertThat(Ffmpeg.pictures(List.of(merged, video)).stream().distinct()).hasSize(1);
    assertThat(Ffmpeg.probe("-show_entries stream=width,height -of csv=p=0", merged))
        .startsWith("64,96");
  }

  @Test
  void joinsVideosThatAreNoSegments() throws Exception {
    var one = Files.readAllBytes(studio.clip("one.mp4", PICTURES + CODEC));
    var outputs =
        List.of(TestOutput.of(0, one, studio.place()), TestOutput.of(1, one, studio.place()));

    var merged = studio.merge("{\"audio\": \"none\"}", outputs);

    assertThat(Ffmpeg.times(merged)).hasSize(200);
    assertThatThrownBy(() -> studio.merge("{}", outputs))
        .isInstanceOf(StrategyException.class)
        .hasMessage("There is no sound to add, because the outputs are of no input.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no video at all\n",
        "",
        "#EXTM3U\n#EXTINF:4,\n/etc/passwd\n",
        "ffconcat version 1.0\nfile part-000000\n"
      })
  void refusesAnOutputThatIsNoVideo(String content) throws Exception {
    var output = TestOutput.of(7, content.getBytes(StandardCharsets.UTF_8), studio.place());

    assertThatThrownBy(() -> studio.merge("{}", List.of(output)))
        .isInstanceOf(StrategyException.class)
        .hasMessageStartingWith("The output of fragment 7 is not a video: `ffprobe` says: ");
  }

  @Test
  void refusesWhatWasEncodedInAnotherWay() throws Exception {
    var video = studio.clip("a.mp4", PICTURES + CODEC);
    var fragments = studio.split("{\"into\": 2}", video);
    var command = "ffmpeg -v error -nostdin -i \"$in\" -c:v libx264 -preset ultrafast %s \"$out\"";
    var outputs = studio.outputs(fragments.subList(0, 1), ".mp4", command.formatted(""));
    var small = studio.outputs(fragments.subList(1, 2), ".mp4", command.formatted("-s 48x32"));
    var main = studio.outputs(fragments.subList(1, 2), ".mp4", command.formatted("-refs 3 -bf 2"));

    assertThatThrownBy(() -> studio.merge("{}", List.of(outputs.get(0), small.get(0))))
        .isInstanceOf(StrategyException.class)
        .hasMessage(
            "The video of fragment 1 and that of fragment 0 differ in their width (48, not 96) and"
                + " cannot be joined.");
    assertThatThrownBy(() -> studio.merge("{}", List.of(outputs.get(0), main.get(0))))
        .isInstanceOf(StrategyException.class)
        .hasMessageContaining("and cannot be joined.");
  }

  @Test
  void refusesOutputsOfTwoVideosOrTwoOfOneSegment() throws Exception {
    var video = studio.clip("a.mp4", PICTURES + CODEC);
    var outputs = studio.outputs(studio.split("{\"into\": 2}", video), ".mp4", COPY);

    assertThatThrownBy(() -> studio.merge("{}", List.of(outputs.get(0), outputs.get(0))))
        .isInstanceOf(StrategyException.class)
        .hasMessage("The segment of fragment 0 does not come after that of fragment 0.");
    var other = outputs.get(1).with(Map.of("segment", "1", "start", "2", "path", "b.mp4"));
    assertThatThrownBy(
            () -> studio.merge("{}", List.of(outputs.get(0), other), Studio.input(video)))
        .isInstanceOf(StrategyException.class)
        .hasMessageContaining("the outputs are of several inputs, such as `a.mp4`");
  }

  @Test
  void refusesAPartThatIsTooShortForTheSound() throws Exception {
    var video = studio.clip("a.mp4", PICTURES + SOUND + CODEC);
    var outputs =
        studio.outputs(
            studio.split("{\"into\": 2}", video),
            ".mp4",
            "ffmpeg -v error -nostdin -i \"$in\" -t 1.4 -c:v libx264 \"$out\"");

    assertThatThrownBy(() -> studio.merge("{}", outputs, Studio.input(video)))
        .isInstanceOf(StrategyException.class)
        .hasMessage(
            "The output of fragment 0 lasts 1.4 s, its segment 2 s: picture and sound would part.");
    assertThat(Ffmpeg.times(studio.merge("{\"audio\": \"none\"}", outputs))).hasSize(70);
  }

  @Test
  void leavesAGapWhereASegmentIsMissing() throws Exception {
    var video = studio.clip("a.mp4", PICTURES + SOUND + CODEC);
    var outputs = studio.outputs(studio.split("{\"into\": 4}", video), ".mp4", COPY);

    var merged =
        studio.merge(
            "{}", List.of(outputs.get(0), outputs.get(1), outputs.get(3)), Studio.input(video));

    var times = Ffmpeg.times(merged);
    assertThat(times).hasSize(75);
    assertThat(times.get(50)).isEqualTo(3.0);
  }

  @Test
  void saysWhichCodecDoesNotFitTheFormat() throws Exception {
    var video = studio.clip("a.mkv", PICTURES + SOUND + CODEC + "-c:a pcm_s16le");
    var outputs = studio.outputs(studio.split("{\"into\": 2}", video), ".mp4", COPY);

    assertThatThrownBy(() -> studio.merge("{}", outputs, Studio.input(video)))
        .isInstanceOfSatisfying(
            StrategyException.class,
            refused -> assertThat(refused.hint().orElseThrow()).contains("format: mkv"))
        .hasMessageStartingWith(
            "A file of the format mp4 cannot hold h264 video with the sound of `a.mkv` (pcm_s16le): ");
    assertThatThrownBy(() -> studio.merge("{\"format\": \"webm\"}", outputs, Studio.input(video)))
        .isInstanceOf(StrategyException.class)
        .hasMessageStartingWith("A file of the format webm cannot hold h264 video");
    assertThat(codecs(studio.merge("{\"format\": \"mkv\"}", outputs, Studio.input(video))))
        .isEqualTo("h264\npcm_s16le");
  }

  private static String codecs(Path video) throws Exception {
    return Ffmpeg.probe("-show_entries stream=codec_name -of csv=p=0", video);
  }
}
