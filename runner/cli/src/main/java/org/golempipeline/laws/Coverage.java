package org.golempipeline.laws;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.golempipeline.plan.FragmentPlan;
import org.golempipeline.plan.StageFragments;
import org.golempipeline.report.Words;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Piece;
import org.jspecify.annotations.Nullable;

/**
 * Whether fragments hold their input exactly once and in order. What stands in every fragment of a
 * file is a header and may be there again; what only separates (brackets, commas, blanks) may be
 * missing where literals stand for it.
 */
final class Coverage {
  private static final int BYTE_ORDER_MARK = 3;

  private final List<InputFile> inputs;
  private final Map<InputFile, List<Piece.Slice>> slices = new HashMap<>();
  private final Map<InputFile, Integer> readers = new HashMap<>();
  private boolean literals;

  private Coverage(List<InputFile> inputs) {
    this.inputs = inputs;
  }

  /** The same fragments for the same input? A fragment that is not, or null. */
  static @Nullable String difference(StageFragments first, StageFragments second) {
    if (first.count() != second.count()) {
      return "split twice, the same input gave %s and then %s"
          .formatted(Words.count(first.count(), "fragment"), second.count());
    }
    for (var i = 0; i < first.count(); i++) {
      if (!describe(first.get(i)).equals(describe(second.get(i)))) {
        return "split twice, the same input gave another fragment %d".formatted(i);
      }
    }
    return null;
  }

  private static String describe(FragmentPlan fragment) {
    var text = new StringBuilder();
    for (var piece : fragment.fragment().pieces()) {
      if (piece instanceof Piece.Slice slice) {
        text.append(slice.file().path()).append('\0').append(slice.offset());
        text.append('+').append(slice.length()).append('\0');
      } else if (piece instanceof Piece.Literal literal) {
        text.append(literal.text()).append('\0');
      } else {
        throw new AssertionError(piece);
      }
    }
    return text.append(fragment.variables()).toString();
  }

  /** Whether the fragments are made of {@code inputs}, and not of files that the split made. */
  static boolean isOf(List<InputFile> inputs, StageFragments fragments) {
    var known = new HashSet<>(inputs);
    for (var i = 0; i < fragments.ofSplit().count(); i++) {
      for (var piece : fragments.ofSplit().get(i).pieces()) {
        if (piece instanceof Piece.Slice slice && !known.contains(slice.file())) {
          return false;
        }
      }
    }
    return true;
  }

  /** What is not covered, or twice; null if all is well. */
  static @Nullable String problem(List<InputFile> inputs, StageFragments fragments)
      throws IOException {
    var coverage = new Coverage(inputs);
    for (var i = 0; i < fragments.ofSplit().count(); i++) {
      coverage.add(fragments.ofSplit().get(i));
    }
    for (var file : inputs) {
      var problem = coverage.problem(file);
      if (problem != null) {
        return problem;
      }
    }
    return coverage.order(fragments);
  }

  private void add(Fragment fragment) {
    var seen = new HashSet<InputFile>();
    for (var piece : fragment.pieces()) {
      if (piece instanceof Piece.Slice slice) {
        slices.computeIfAbsent(slice.file(), file -> new ArrayList<>()).add(slice);
        if (seen.add(slice.file())) {
          readers.merge(slice.file(), 1, Integer::sum);
        }
      } else {
        literals = true;
      }
    }
  }

  private @Nullable String problem(InputFile file) throws IOException {
    var all = slices.get(file);
    if (all == null) {
      return "`%s` is in no fragment".formatted(file.path());
    }
    var times = new HashMap<Piece.Slice, Integer>();
    all.forEach(slice -> times.merge(slice, 1, Integer::sum));
    int everywhere = readers.getOrDefault(file, 0);
    var position = 0L;
    var header = new ArrayList<Piece.Slice>();
    for (var slice : all) {
      int copies = times.getOrDefault(slice, 0);
      var repeated = copies > 1 && copies == everywhere;
      if (repeated && header.contains(slice)) {
        continue;
      }
      if (repeated) {
        header.add(slice);
      }
      if (slice.offset() < position && slice.length() > 0) {
        return "bytes from %d of `%s` are in more than one fragment, or out of order"
            .formatted(slice.offset(), file.path());
      }
      if (slice.offset() > position && !mayBeMissing(file, position, slice.offset())) {
        return "bytes %d to %d of `%s` are in no fragment"
            .formatted(position, slice.offset(), file.path());
      }
      position = Math.max(position, slice.offset() + slice.length());
    }
    return position < file.size() && !mayBeMissing(file, position, file.size())
        ? "bytes from %d on of `%s` are in no fragment".formatted(position, file.path())
        : null;
  }

  /** Whether a range of a file only separates what is in the fragments. */
  private boolean mayBeMissing(InputFile file, long from, long to) throws IOException {
    if (!literals) {
      return false;
    }
    try (var content = new RandomAccessFile(file.file().toFile(), "r")) {
      content.seek(file.offset() + from);
      for (var at = from; at < to; at++) {
        var next = content.read();
        if (" \t\r\n[],".indexOf(next) < 0 && at >= BYTE_ORDER_MARK) {
          return false;
        }
      }
      return true;
    }
  }

  /** Fragments of one file each come in the order of the files. */
  private @Nullable String order(StageFragments fragments) {
    var last = -1;
    for (var i = 0; i < fragments.ofSplit().count(); i++) {
      var fragment = fragments.ofSplit().get(i);
      if (fragment.pieces().stream().filter(Piece.Slice.class::isInstance).count() != 1) {
        continue;
      }
      var place = fragment.origin().map(inputs::indexOf).orElse(last);
      if (place < last) {
        return "fragment %d is of `%s`, which stands before the file of the fragment before it"
            .formatted(i, inputs.get(place).path());
      }
      last = place;
    }
    return null;
  }
}
