package org.golempipeline.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.golempipeline.strategy.testing.LocalShell;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A video that was encoded in five parts is the video that was encoded at once. */
@Timeout(240)
class RoundTripTest {
  private static final double FRAME = 1001 / 30_000.0;

  /**
   * Every three seconds a white picture and a beep, at a rate no container counts exactly in ms.
   */
  private static final String PICTURES =
      "-f lavfi -i testsrc2=s=160x90:r=30000/1001:d=15,drawbox=c=white:t=fill:enable='lt(mod(t\\,3)\\,0.0333)' ";

  private static final String SOUND =
      "-f lavfi -i aevalsrc=exprs='0.5*sin(2000*PI*t)*lt(mod(t\\,3)\\,0.1)':d=15:s=48000 ";

  private static final String SOURCE_CODEC =
      "-fps_mode passthrough -c:v libx264 -preset ultrafast -g 33 -bf 2 ";

  private static final String ENCODE =
      "ffmpeg -v error -nostdin -i \"$in\" -fps_mode passthrough -c:v libx264 -preset ultrafast"
          + " -bf 2 -crf 23 \"$out\"";

  private static final int RATE = 48_000;

  @TempDir private Path folder;

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          primed.mp4      | .mp4 | mp4 | 0    | -c:a aac
          transport.ts    | .mkv | mp4 | 0    | -c:a aac
          late-sound.mkv  | .mp4 | mkv | 0.5  | -c:a flac
          early-sound.mp4 | .mkv | mkv | -0.7 | -c:a aac
          """)
  void pictureAndSoundStayTogether(
      String name, String suffix, String format, double late, String codec) throws Exception {
    var studio = new Studio(folder);
    var video =
        studio.clip(
            name,
            (late < 0 ? "-itsoffset " + -late + " " : "")
                + PICTURES
                + (late > 0 ? "-itsoffset " + late + " " : "")
                + SOUND
                + SOURCE_CODEC
                + codec);
    var fragments = studio.split("{\"into\": 5}", video);
    assertThat(fragments).hasSize(5);

    var outputs = studio.outputs(fragments, suffix, ENCODE);
    var merged =
        studio.merge("{\"format\": \"%s\"}".formatted(format), outputs, Studio.input(video));

    var before = pictures(video);
    var after = pictures(merged);
    assertThat(after).hasSameSizeAs(before).hasSizeGreaterThan(440);
    for (var i = 0; i < after.size(); i++) {
      assertThat(after.get(i).time() - after.get(0).time())
          .isCloseTo(before.get(i).time() - before.get(0).time(), offset(FRAME / 10));
    }
    var gapsBefore = gaps(before, beeps(video));
    var gapsAfter = gaps(after, beeps(merged));
    assertThat(gapsBefore).hasSize(5).allMatch(gap -> Math.abs(gap - late) < FRAME);
    assertThat(gapsAfter).hasSameSizeAs(gapsBefore);
    for (var i = 0; i < gapsAfter.size(); i++) {
      assertThat(gapsAfter.get(i)).isCloseTo(gapsBefore.get(i), offset(FRAME / 10));
    }
  }

  @Test
  void withoutLossEveryPictureIsTheSameAndSoIsEveryResult() throws Exception {
    var studio = new Studio(folder);
    var video = studio.clip("a.mp4", PICTURES + SOUND + SOURCE_CODEC);
    var fragments = studio.split("{\"into\": 5}", video);

    var outputs =
        studio.outputs(
            fragments,
            ".mkv",
            "ffmpeg -v error -nostdin -i \"$in\" -fps_mode passthrough -c:v libx264"
                + " -preset ultrafast -qp 0 -bf 2 \"$out\"");
    var merged = studio.merge("{}", outputs, Studio.input(video));
    var again = studio.merge("{}", outputs, Studio.input(video));

    assertThat(Files.mismatch(merged, again)).isEqualTo(-1);
    var pictures = Ffmpeg.pictures(List.of(merged, video));
    assertThat(pictures.get(0)).hasSizeGreaterThan(440).isEqualTo(pictures.get(1));
  }

  /** Half a decibel: a new key frame where each part begins, and no look across the cut. */
  @Test
  void thePictureIsAsGoodAsEncodedAtOnce() throws Exception {
    var studio = new Studio(folder);
    var video = studio.clip("a.mp4", PICTURES + SOUND + SOURCE_CODEC + "-crf 12");
    var atOnce = folder.resolve("at-once.mkv");
    new LocalShell()
        .run("run", ENCODE, Map.of("in", video.toString(), "out", atOnce.toString()), folder);
    var parts = studio.outputs(studio.split("{\"into\": 5}", video), ".mkv", ENCODE);

    var merged = studio.merge("{}", parts, Studio.input(video));

    var expected = quality(atOnce, video);
    assertThat(expected).isGreaterThan(30);
    assertThat(quality(merged, video)).isGreaterThan(expected - 0.5);
  }

  /** How long after each white picture its beep begins, in seconds. */
  private static List<Double> gaps(List<Picture> pictures, List<Double> beeps) {
    var gaps = new ArrayList<Double>();
    for (var picture : pictures) {
      if (picture.brightness() > 200) {
        gaps.add(beeps.get(gaps.size()) - picture.time());
      }
    }
    assertThat(beeps).hasSameSizeAs(gaps);
    return gaps;
  }

  /** A picture that is shown at a time by the clock of its file, in seconds. */
  private record Picture(double time, int brightness) {}

  /** Shrinks each picture to one byte, whose checksum is itself. */
  private static List<Picture> pictures(Path video) throws Exception {
    return Ffmpeg.run(
            "-copyts -i @ -map 0:V:0 -fps_mode passthrough -enc_time_base 1/1000000"
                + " -vf scale=1:1:flags=area,format=gray -f framecrc -",
            video)
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split(", *", -1))
        .map(field -> new Picture(Long.parseLong(field[2]) / 1e6, Integer.decode(field[5]) & 0xff))
        .toList();
  }

  private List<Double> beeps(Path video) throws Exception {
    var samples = folder.resolve("samples");
    Ffmpeg.run(
        "-copyts -i @ -map 0:a:0 -af aresample=async=1:first_pts=0 -ar "
            + RATE
            + " -ac 1 -f s16le @",
        video,
        samples);
    var wave = ByteBuffer.wrap(Files.readAllBytes(samples)).order(ByteOrder.LITTLE_ENDIAN);
    var beeps = new ArrayList<Double>();
    for (var i = 0; wave.remaining() >= 2; i++) {
      var isLoud = Math.abs(wave.getShort()) > 4_000;
      var time = (double) i / RATE;
      if (isLoud && (beeps.isEmpty() || time - beeps.get(beeps.size() - 1) > 1)) {
        beeps.add(time);
      }
    }
    return beeps;
  }

  /** PSNR in decibels, of all pictures together. */
  private static double quality(Path video, Path original) throws Exception {
    var error =
        Ffmpeg.run(
                "-i @ -i @ -lavfi [0:v]settb=1/30,setpts=N[a];[1:v]settb=1/30,setpts=N[b];[a][b]psnr=stats_file=- -f null -",
                video,
                original)
            .lines()
            .mapToDouble(
                line -> Double.parseDouble(line.replaceFirst(".*mse_avg:([0-9.]+).*", "$1")))
            .average()
            .orElseThrow();
    return 10 * Math.log10(255 * 255 / error);
  }
}
