package org.golempipeline.laws;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.golempipeline.plan.StageFragments;
import org.golempipeline.plan.StagePlan;
import org.golempipeline.report.Words;
import org.golempipeline.spec.StrategyUse;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * Takes a sample of a stage's input: the files of its first fragments, the last of them cut where
 * one of the split's own slices ends, so that what is left can be read like the whole. Where the
 * file asks for fragments so large that the sample would be one, it takes smaller ones.
 */
final class Sampler {
  /** Fewer fragments would not show how they are merged. */
  private static final int FEWEST = 4;

  /** More would only take longer. */
  private static final int MOST = 24;

  /** How many fragments are made where the size can be chosen. */
  private static final int WANTED = 8;

  private static final int TRIES = 12;

  private final StagePlan stage;
  private final Cutter cutter;
  private final long limit;
  private final Path folder;

  /**
   * @param limit bytes to take, about
   * @param folder for files that are cut
   */
  Sampler(StagePlan stage, Cutter cutter, long limit, Path folder) {
    this.stage = stage;
    this.cutter = cutter;
    this.limit = limit;
    this.folder = folder;
  }

  /** Takes it. */
  Sample sample() throws IOException, NoSampleException {
    refuseWhatIsNoInput();
    var inputs = stage.inputs();
    var own = stage.spec().split();
    try {
      var knob = SizeKnob.find(own, use -> count(use, inputs));
      var use = fineEnough(own, knob, inputs);
      var fragments = cutter.cut(use, inputs);
      var taken = fitting(fragments, MOST);
      if (taken == 0) {
        throw new NoSampleException(
            "its first fragment alone has %s, more than the sample may have; `--sample` takes more"
                .formatted(Words.size(extents(fragments, 1).bytes())));
      }
      var cut = taken < fragments.count();
      var files = cut ? cut(fragments, taken) : inputs;
      var fitted = fitted(own, use, knob, files);
      return new Sample(files, cut, fitted, cutter.cut(fitted, files), knob);
    } catch (StrategyException e) {
      throw new NoSampleException(
          "no sample of its input could be split: " + plain(e.getMessage()));
    }
  }

  private void refuseWhatIsNoInput() throws NoSampleException {
    var spec = stage.spec();
    if (stage.inputs().isEmpty()) {
      throw new NoSampleException("it has no `input`");
    }
    if (stage.inputs().stream().anyMatch(file -> file.remote() != null)) {
      throw new NoSampleException("providers fetch its input from the web, so it is not here");
    }
    if (!spec.split().openNames().isEmpty()) {
      throw new NoSampleException(
          "how it is split depends on the value of `%s`"
              .formatted(spec.split().openNames().first()));
    }
  }

  /** Smaller fragments until some of them fit, if the split can do that. */
  private StrategyUse fineEnough(StrategyUse own, @Nullable SizeKnob knob, List<InputFile> inputs)
      throws IOException, StrategyException {
    var use = own;
    if (knob == null) {
      return use;
    }
    var total = inputs.stream().mapToLong(InputFile::size).sum();
    for (var i = 0; i < TRIES; i++) {
      var fragments = cutter.cut(use, inputs);
      if (fitting(fragments, FEWEST) >= FEWEST) {
        return use;
      }
      var each = total / Math.max(1, fragments.count());
      var finer = knob.finer(use, Math.max(4, each / Math.max(1, limit / WANTED)));
      if (knob.value(finer) == knob.value(use)) {
        return use;
      }
      use = finer;
    }
    return use;
  }

  /** The size that the file asks for if it fits the sample, else one that does. */
  private StrategyUse fitted(
      StrategyUse own, StrategyUse fine, @Nullable SizeKnob knob, List<InputFile> files) {
    var count = count(own, files);
    if (knob == null || count >= FEWEST && count <= MOST) {
      return own;
    }
    var use = fine;
    for (var i = 0; i < TRIES; i++) {
      count = count(use, files);
      if (count <= MOST) {
        return use;
      }
      use = knob.coarser(use, Math.max(2, count / WANTED));
    }
    return use;
  }

  /** How many fragments there are, negative if the split refuses. */
  private int count(StrategyUse use, List<InputFile> inputs) {
    try {
      return cutter.cut(use, inputs).count();
    } catch (IOException | StrategyException e) {
      return -1;
    }
  }

  /** So many of the first fragments are a sample. */
  private int fitting(StageFragments fragments, int most) {
    var extents = new Extents();
    var taken = 0;
    while (taken < Math.min(most, fragments.count())) {
      extents.add(fragments.get(taken).fragment());
      if (extents.bytes() > limit) {
        break;
      }
      taken++;
    }
    return taken;
  }

  private static Extents extents(StageFragments fragments, int taken) {
    var extents = new Extents();
    for (var i = 0; i < taken; i++) {
      extents.add(fragments.get(i).fragment());
    }
    return extents;
  }

  private List<InputFile> cut(StageFragments fragments, int taken)
      throws IOException, NoSampleException {
    var extents = extents(fragments, taken);
    if (!new HashSet<>(stage.inputs()).containsAll(extents.ends.keySet())) {
      throw new NoSampleException(
          "its fragments are files that its split makes; `--sample` with more than the input has"
              + " takes all of them");
    }
    var files = new ArrayList<InputFile>();
    for (var file : stage.inputs()) {
      var end = extents.ends.get(file);
      if (end != null) {
        files.add(end == file.size() ? file : prefix(file, end, extents.tail(file)));
      }
    }
    return files;
  }

  private InputFile prefix(InputFile file, long end, String tail) throws IOException {
    Files.createDirectories(folder);
    // The name of the original may be anything; the suffix is all that somebody may look at.
    var copy = Files.createTempFile(folder, "cut-", file.suffix());
    try (var from = new RandomAccessFile(file.file().toFile(), "r");
        var to = Files.newOutputStream(copy)) {
      from.seek(file.offset());
      var buffer = new byte[1 << 16];
      for (var left = end; left > 0; ) {
        var length = from.read(buffer, 0, (int) Math.min(left, buffer.length));
        if (length < 0) {
          throw new IOException(file.path() + " has become shorter");
        }
        to.write(buffer, 0, length);
        left -= length;
      }
      to.write(tail.getBytes(StandardCharsets.UTF_8));
    }
    return new InputFile(copy, 0, Files.size(copy), file.path());
  }

  static String plain(String sentence) {
    return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
  }

  /** How far into each file some fragments reach, and the text that ends the last one of each. */
  private static final class Extents {
    final Map<InputFile, Long> ends = new HashMap<>();
    private final Map<InputFile, String> tails = new HashMap<>();

    void add(Fragment fragment) {
      InputFile last = null;
      for (var piece : fragment.pieces()) {
        if (piece instanceof Piece.Slice slice) {
          last = slice.file();
          ends.merge(last, slice.offset() + slice.length(), Math::max);
          tails.remove(last);
        } else if (piece instanceof Piece.Literal literal && last != null) {
          tails.merge(last, literal.text(), String::concat);
        }
      }
    }

    long bytes() {
      return ends.values().stream().mapToLong(end -> end).sum();
    }

    String tail(InputFile file) {
      return tails.getOrDefault(file, "");
    }
  }
}
