package org.golempipeline.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.StrategyException;
import org.golempipeline.strategy.testing.Laws;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever the video, its segments show each of its pictures once, in order. */
@Timeout(240)
class SegmentsSplitTest {
  private static final String PICTURES = "-f lavfi -i testsrc2=s=96x64:r=25:d=6";
  private static final String SOUND = " -f lavfi -i sine=d=6";

  private static final List<String> ODD_NAMES =
      List.of(
          "-i.mp4",
          "it's a \"clip\" $(touch gone).mp4",
          "%d %05d;& .mp4",
          "concat:a|b,,:.mp4",
          "two\nlines ünïcode 🎬.mp4",
          " around.mp4 ");

  @TempDir private Path folder;

  /** The number of segments shows where a cut would not be clean. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          reordered.mp4     | 5 | -c:v libx264 -preset veryfast -g 33 -bf 3
          transport.ts      | 5 | -c:v libx264 -preset ultrafast -g 33 -bf 2
          reordered.mkv     | 5 | -c:v libx264 -preset ultrafast -g 33 -bf 2
          open-groups.mp4   | 2 | -c:v libx264 -preset veryfast -g 33 -sc_threshold 0 -x264-params open-gop=1
          refreshed.mkv     | 1 | -c:v libx264 -preset veryfast -g 33 -x264-params intra-refresh=1
          one-key.mp4       | 1 | -c:v libx264 -preset ultrafast -g 1000
          closed-hevc.mkv   | 5 | -c:v libx265 -preset ultrafast -x265-params keyint=33:open-gop=0:log-level=none
          broadcast.ts      | 5 | -c:v mpeg2video -g 33 -bf 2 -flags +cgop -sc_threshold 1000000000
          open-broadcast.ts | 1 | -c:v mpeg2video -g 33 -bf 2
          web.webm          | 5 | -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 33
          old-web.webm      | 5 | -c:v libvpx -deadline realtime -cpu-used 8 -auto-alt-ref 1 -lag-in-frames 10 -g 33
          old.avi           | 5 | -c:v mpeg4 -g 33 -bf 2 -flags +cgop -sc_threshold 1000000000
          every-one.mov     | 6 | -c:v prores_ks
          lossless.mkv      | 6 | -c:v ffv1 -g 1
          """)
  void everyPictureIsInOneSegment(String name, int segments, String codec) throws Exception {
    var studio = new Studio(folder);
    var video = studio.clip(name, PICTURES + SOUND + " -shortest " + codec);

    var fragments = studio.split("{\"seconds\": 1}", video);

    Studio.assertCovers(fragments, video);
    assertThat(fragments).hasSize(segments);
  }

  @Test
  void keepsTheTimesOfVariableFrameRates() throws Exception {
    var studio = new Studio(folder);
    var video =
        studio.clip(
            "variable.mp4",
            PICTURES
                + " -vf select='not(eq(mod(n,7),3))' -fps_mode passthrough -enc_time_base 1/90000"
                + " -c:v libx264 -preset ultrafast -g 30 -bf 2");

    var fragments = studio.split("{\"seconds\": 1}", video);

    assertThat(fragments.size()).isGreaterThan(3);
    Studio.assertCovers(fragments, video);
    var times = new ArrayList<Double>();
    for (var fragment : fragments) {
      var start = Double.parseDouble(fragment.variables().get("start"));
      Ffmpeg.times(Studio.file(fragment)).forEach(time -> times.add(start + time));
    }
    var expected = Ffmpeg.times(video);
    assertThat(times).hasSameSizeAs(expected);
    for (var i = 0; i < times.size(); i++) {
      assertThat(times.get(i) - times.get(0)).isCloseTo(expected.get(i), offset(0.0001));
    }
  }

  /** As broadcasts are recorded: pictures in front that need what was sent before. */
  @Test
  void beginsWhereTheDecoderCan() throws Exception {
    var studio = new Studio(folder);
    var whole =
        studio.clip(
            "whole.ts",
            PICTURES
                + " -c:v libx264 -preset veryfast -g 33 -sc_threshold 0 -x264-params open-gop=1");
    var tail = folder.resolve("tail.ts");
    Ffmpeg.run("-ss 2 -i @ -c copy -copyinkf @", whole, tail);

    var fragments = studio.split("{\"seconds\": 1}", tail);

    Studio.assertCovers(fragments, tail);
  }

  @Test
  void tellsWhereEachSegmentBelongs() throws Exception {
    var studio = new Studio(folder);
    var video = studio.clip("talk.mp4", PICTURES + " -c:v libx264 -preset ultrafast -g 50 -bf 2");

    var fragments = studio.split("{\"seconds\": 3}", video);

    assertThat(fragments.stream().map(fragment -> fragment.variables().toString()))
        .containsExactly("{segment=0, start=0, duration=4}", "{segment=1, start=4, duration=2}");
    assertThat(fragments).allMatch(fragment -> path(fragment).equals("talk.mp4"));
  }

  @Test
  void countsByTheClockOfTheFile() throws Exception {
    var studio = new Studio(folder);
    var video = studio.clip("a.ts", PICTURES + " -c:v libx264 -preset ultrafast -g 50 -bf 2");
    var clock = Ffmpeg.probe("-show_entries format=start_time -of default=nk=1:nw=1", video);

    var start = studio.split("{\"seconds\": 3}", video).get(0).variables().get("start");

    assertThat(Double.parseDouble(start)).isEqualTo(Double.parseDouble(clock)).isPositive();
  }

  @Test
  void cutsIntoSoManyPartsAsThereAreKeyFrames() throws Exception {
    var studio = new Studio(folder);
    var video = studio.clip("a.mp4", PICTURES + " -c:v libx264 -preset ultrafast -g 13");

    for (var into : List.of(1, 5, 40)) {
      var fragments = studio.split("{\"into\": %d}".formatted(into), video);

      var parts = Math.min(into, 12);
      assertThat(fragments).hasSize(parts);
      Studio.assertCovers(fragments, video);
      assertThat(fragments)
          .allMatch(
              fragment ->
                  Double.parseDouble(fragment.variables().get("duration")) < 6.0 / parts + 0.6);
    }
  }

  @Test
  void theSameInputGivesTheSameBytes() throws Exception {
    var studio = new Studio(folder);
    var video =
        studio.clip(
            "a.mp4",
            PICTURES
                + " -c:v libx264 -preset ultrafast -g 33 -metadata creation_time=2020-02-02T02:02:02");
    var plain = studio.split("{\"seconds\": 1}", video);
    var padded = folder.resolve("padded");
    try (var out = Files.newOutputStream(padded)) {
      out.write("ahead".getBytes(StandardCharsets.UTF_8));
      Files.copy(video, out);
      out.write(new byte[1000]);
    }
    var range =
        studio.split("{\"seconds\": 1}", new InputFile(padded, 5, Files.size(video), "a.mp4"));

    var again = studio.split("{\"seconds\": 1}", video);

    assertThat(plain).hasSize(5);
    for (var i = 0; i < plain.size(); i++) {
      assertThat(again.get(i).variables()).isEqualTo(plain.get(i).variables());
      assertThat(Laws.content(again.get(i))).isEqualTo(Laws.content(plain.get(i)));
      assertThat(Laws.content(range.get(i))).isEqualTo(Laws.content(plain.get(i)));
    }
  }

  @Test
  void takesSeveralInputsInOrderAndNothingButTheirPictures() throws Exception {
    var studio = new Studio(folder);
    var subtitles = folder.resolve("words.srt");
    Files.writeString(subtitles, "1\n00:00:00,500 --> 00:00:02,000\nHello\n");
    var many = folder.resolve("b.mkv");
    Ffmpeg.run(
        PICTURES
            + SOUND
            + SOUND
            + " -i @ -map 0 -map 1 -map 2 -map 3 -c:v libx264 -preset ultrafast -g 50 -c:a libopus"
            + " -c:s srt @",
        subtitles,
        many);
    var one = studio.clip("a.mp4", PICTURES + " -c:v libx264 -preset ultrafast -g 100");

    var fragments = studio.split("{\"seconds\": 1}", Studio.input(many), Studio.input(one));

    assertThat(fragments.stream().map(SegmentsSplitTest::path))
        .containsExactly("b.mkv", "b.mkv", "b.mkv", "a.mp4", "a.mp4");
    assertThat(
            Ffmpeg.probe(
                "-show_entries stream=codec_type -of csv=p=0", Studio.file(fragments.get(0))))
        .isEqualTo("video");
  }

  /** A transport stream lists its streams in its program as well. */
  @ParameterizedTest
  @CsvSource({"talk.mp4, aac", "talk.ts, mp2"})
  void keepsAllTracksOfSoundIfAskedTo(String name, String codec) throws Exception {
    var studio = new Studio(folder);
    var video = folder.resolve(name);
    Ffmpeg.run(
        PICTURES
            + SOUND
            + SOUND
            + " -map 0 -map 1 -map 2 -c:v libx264 -preset ultrafast -g 33 -bf 2 -c:a "
            + codec
            + " -metadata:s:a:1 language=fra @",
        video);

    var fragments = studio.split("{\"seconds\": 1, \"audio\": \"keep\"}", video);

    Studio.assertCovers(fragments, video);
    assertThat(fragments).hasSize(5);
    assertThat(studio.warnings).isEmpty();
    for (var track : List.of("a:0", "a:1")) {
      var packets = new ArrayList<String>();
      for (var fragment : fragments) {
        packets.addAll(packets(Studio.file(fragment), track));
      }
      assertThat(packets).isEqualTo(packets(video, track));
    }
    assertThat(
            Ffmpeg.probe(
                "-select_streams a -show_entries stream_tags=language -of csv=p=0",
                Studio.file(fragments.get(4))))
        .contains("fra");
  }

  /** A hash of every packet of a stream, in order. */
  private static List<String> packets(Path video, String stream) throws Exception {
    return Ffmpeg.probe(
            "-select_streams %s -show_packets -show_data_hash md5".formatted(stream)
                + " -show_entries packet=data_hash -of csv=p=0",
            video)
        .lines()
        .filter(line -> line.contains("MD5:"))
        .map(line -> line.replaceAll(".*(MD5:[0-9a-f]+).*", "$1"))
        .toList();
  }

  @Test
  void warnsOfWhatDoesNotComeBack() throws Exception {
    var studio = new Studio(folder);
    var cover = folder.resolve("cover.png");
    Ffmpeg.run("-f lavfi -i testsrc2=s=32x32 -frames:v 1 @", cover);
    var video = folder.resolve("many.mp4");
    Ffmpeg.run(
        PICTURES
            + " "
            + PICTURES
            + SOUND
            + " -i @ -map 0 -map 1 -map 2 -map 3 -c:v libx264 -preset ultrafast -g 25 -c:v:2 copy"
            + " -disposition:v:2 attached_pic -timecode 01:00:00:00 @",
        cover,
        video);

    studio.split("{\"seconds\": 1}", video);

    assertThat(studio.warnings)
        .containsExactly(
            "Of `many.mp4`, 1 more video stream, 1 cover picture and 3 data streams are in no"
                + " segment and not in what `media/concat` makes of them.");
  }

  @Test
  void warnsOfAVideoThatCannotBeCut() throws Exception {
    var studio = new Studio(folder);
    var video = studio.clip("one.mp4", PICTURES + " -c:v libx264 -preset ultrafast -g 1000");

    assertThat(studio.split("{\"seconds\": 2}", video)).hasSize(1);
    assertThat(studio.warnings)
        .containsExactly(
            "`one.mp4` has no key frame that it can be cut at, so it is one segment of 6 s.");
    assertThat(studio.split("{\"seconds\": 10}", video)).hasSize(1);
    assertThat(studio.split("{\"into\": 1}", video)).hasSize(1);
    assertThat(studio.warnings).isEmpty();
  }

  @Test
  void keepsHowThePictureIsTurned() throws Exception {
    var studio = new Studio(folder);
    var flat = studio.clip("flat.mp4", PICTURES + " -c:v libx264 -preset ultrafast -g 50");
    var turned = folder.resolve("turned.mp4");
    Ffmpeg.run("-i @ -c copy -metadata:s:v:0 rotate=90 @", flat, turned);

    var fragments = studio.split("{\"seconds\": 1}", turned);

    Studio.assertCovers(fragments, turned);
    assertThat(Ffmpeg.pictures(turned)).isNotEqualTo(Ffmpeg.pictures(flat));
    Studio.assertCovers(studio.split("{\"seconds\": 1, \"audio\": \"keep\"}", turned), turned);
    var loud = folder.resolve("loud.mp4");
    Ffmpeg.run("-i @ " + SOUND + " -map 0 -map 1 -c:v copy -shortest @", turned, loud);
    assertThatThrownBy(() -> studio.split("{\"seconds\": 1, \"audio\": \"keep\"}", loud))
        .isInstanceOf(StrategyException.class)
        .hasMessage(
            "`loud.mp4` says that its picture is turned, which segments with sound cannot say.");
  }

  @Test
  void anyNameIsFine() throws Exception {
    var studio = new Studio(folder);
    var video = studio.clip("plain.mp4", PICTURES + " -c:v libx264 -preset ultrafast -g 50");
    var inputs = new ArrayList<InputFile>();
    for (var name : ODD_NAMES) {
      var odd = Files.createDirectories(folder.resolve("in " + name)).resolve(name);
      inputs.add(Studio.input(Files.copy(video, odd)));
    }

    var fragments = studio.split("{\"seconds\": 5}", inputs.toArray(InputFile[]::new));

    assertThat(fragments.stream().map(SegmentsSplitTest::path))
        .containsExactly(ODD_NAMES.toArray(String[]::new));
    assertThat(folder.resolve("gone")).doesNotExist();
  }

  private static String path(Fragment fragment) {
    return fragment.origin().orElseThrow().path();
  }
}
