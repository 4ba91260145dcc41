package org.golempipeline.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.testing.JsonText;
import org.golempipeline.strategy.testing.Laws;
import org.golempipeline.strategy.testing.LocalShell;
import org.golempipeline.strategy.testing.TestMergeContext;
import org.golempipeline.strategy.testing.TestOutput;
import org.golempipeline.strategy.testing.TestSplitContext;

/** A split, what providers would do, and a merge, in folders of a test. */
final class Studio {
  private final Path folder;
  private int used;

  /** What the last split or merge told the user of. */
  List<String> warnings = List.of();

  Studio(Path folder) {
    this.folder = folder;
  }

  /** A new, empty folder. */
  Path place() throws IOException {
    return Files.createDirectories(folder.resolve("place " + used++));
  }

  /** A clip made by {@code ffmpeg} with the words of {@code options}. */
  Path clip(String name, String options) throws IOException, InterruptedException {
    var file = folder.resolve(name);
    Ffmpeg.run(options + " @", file);
    return file;
  }

  static InputFile input(Path file) throws IOException {
    return new InputFile(file, 0, Files.size(file), file.getFileName().toString());
  }

  List<Fragment> split(String options, InputFile... inputs) throws Exception {
    var context = new TestSplitContext(place(), JsonText.options(options));
    for (var input : inputs) {
      context.input(input);
    }
    var fragments = Laws.all(new SegmentsSplit().split(context));
    warnings = context.warnings();
    return fragments;
  }

  List<Fragment> split(String options, Path file) throws Exception {
    return split(options, input(file));
  }

  /** The file of a segment. */
  static Path file(Fragment fragment) {
    return fragment.origin().orElseThrow().file();
  }

  /** The pictures of all segments, in order, are those of the video. */
  static void assertCovers(List<Fragment> fragments, Path video) throws Exception {
    var videos = new ArrayList<Path>();
    fragments.forEach(fragment -> videos.add(file(fragment)));
    videos.add(video);
    var pictures = Ffmpeg.pictures(videos);
    assertThat(pictures.subList(0, fragments.size()).stream().flatMap(List::stream).toList())
        .isNotEmpty()
        .isEqualTo(pictures.get(fragments.size()));
  }

  /** What the fragments leave after each has run {@code command} on its own. */
  List<TestOutput> outputs(List<Fragment> fragments, String suffix, String command)
      throws Exception {
    var outputs = new ArrayList<TestOutput>();
    for (var fragment : fragments) {
      var place = place();
      var origin = fragment.origin().orElseThrow();
      var in = Files.write(place.resolve("in" + origin.suffix()), Laws.content(fragment));
      var out = place.resolve("out" + suffix);
      var variables = new LinkedHashMap<>(fragment.variables());
      variables.put("in", in.toString());
      variables.put("out", out.toString());
      new LocalShell().run("run", command, variables, place);
      outputs.add(
          output(
              Integer.parseInt(fragment.variables().get("segment")),
              fragment,
              Files.readAllBytes(out)));
    }
    return outputs;
  }

  /** An output of a fragment with the variables that the runner adds. */
  TestOutput output(int index, Fragment fragment, byte[] content) throws IOException {
    var origin = fragment.origin().orElseThrow();
    var variables = new LinkedHashMap<>(fragment.variables());
    variables.put("path", origin.path());
    variables.put("stem", origin.stem());
    return TestOutput.of(index, content, place()).with(Map.copyOf(variables));
  }

  Path merge(String options, List<TestOutput> outputs, InputFile... inputs) throws Exception {
    var context = new TestMergeContext(place(), JsonText.options(options));
    for (var input : inputs) {
      context.input(input);
    }
    try (var merger = new ConcatMerge().open(context)) {
      for (var output : outputs) {
        merger.add(output);
      }
      merger.finish();
    }
    assertThat(context.target()).isRegularFile();
    warnings = context.warnings();
    return context.target();
  }
}
