package org.golempipeline.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Makes and measures clips with the real programs, independently of what is tested. */
final class Ffmpeg {
  private Ffmpeg() {}

  /** Runs {@code ffmpeg} with the words of {@code options}, then {@code files}. */
  static String run(String options, Object... files) throws IOException, InterruptedException {
    return run("ffmpeg", "-v error -nostdin -y " + options, files);
  }

  /** Runs {@code ffprobe} with the words of {@code options} on {@code file}. */
  static String probe(String options, Path file) throws IOException, InterruptedException {
    return run("ffprobe", "-v error " + options, "file:" + file).strip();
  }

  /** A word {@code @} of the options stands for the next file. */
  private static String run(String program, String options, Object... files)
      throws IOException, InterruptedException {
    var words = new ArrayList<String>(List.of(program));
    var next = 0;
    for (var word : options.strip().split(" +", -1)) {
      words.add(word.equals("@") ? "file:" + files[next++] : word);
    }
    while (next < files.length) {
      words.add(files[next++].toString());
    }
    var errors = Files.createTempFile("ffmpeg", ".txt");
    try {
      var process = new ProcessBuilder(words).redirectError(errors.toFile()).start();
      process.getOutputStream().close();
      var answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as("%s: %s", words, Files.readString(errors)).isZero();
      return answer;
    } finally {
      Files.delete(errors);
    }
  }

  /** A hash of every picture that a player would show of each video, in order. */
  static List<List<String>> pictures(List<Path> videos) throws IOException, InterruptedException {
    var options = "-i @ ".repeat(videos.size());
    for (var i = 0; i < videos.size(); i++) {
      options += "-map %d:V:0 ".formatted(i);
    }
    var pictures = Stream.generate(() -> new ArrayList<String>()).limit(videos.size()).toList();
    run(options + "-fps_mode passthrough -f framemd5 -", videos.toArray())
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split(", *", -1))
        .forEach(line -> pictures.get(Integer.parseInt(line[0])).add(line[line.length - 1]));
    return List.copyOf(pictures);
  }

  /** A hash of every picture that a player would show, in order. */
  static List<String> pictures(Path video) throws IOException, InterruptedException {
    return pictures(List.of(video)).get(0);
  }

  /** When each picture is shown, in seconds from the first one. */
  static List<Double> times(Path video) throws IOException, InterruptedException {
    var times =
        probe(
                "-select_streams V:0 -show_entries frame=best_effort_timestamp_time -of"
                    + " default=nk=1:nw=1",
                video)
            .lines()
            .filter(line -> !line.isBlank())
            .map(Double::valueOf)
            .toList();
    return times.stream().map(time -> time - times.get(0)).toList();
  }
}
