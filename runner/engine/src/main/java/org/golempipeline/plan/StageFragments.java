package org.golempipeline.plan;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.golempipeline.spec.MatrixAxis;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Piece;
import org.jspecify.annotations.Nullable;

/**
 * The fragments of a stage: those of its split, each once for every combination of its matrix.
 * Computed when asked for; nothing is kept per fragment.
 */
public final class StageFragments {
  static final Set<String> BUILT_IN = Set.of("index", "count", "path", "stem");

  private final Fragments split;
  private final List<MatrixAxis> matrix;
  private final int combinations;
  private final List<String> warnings;

  /** All there are, and how many of them are taken. */
  private final int all;

  private final int count;

  /**
   * @throws ArithmeticException if there would be more than two thousand million
   */
  StageFragments(Fragments split, List<MatrixAxis> matrix) {
    this(split, matrix, List.of());
  }

  /**
   * @param warnings what the split told the user of
   */
  StageFragments(Fragments split, List<MatrixAxis> matrix, List<String> warnings) {
    this(split, matrix, warnings, Integer.MAX_VALUE);
  }

  private StageFragments(
      Fragments split, List<MatrixAxis> matrix, List<String> warnings, int most) {
    this.split = split;
    this.matrix = matrix;
    this.warnings = List.copyOf(warnings);
    var product = 1;
    for (var axis : matrix) {
      product = Math.multiplyExact(product, axis.values().count());
    }
    this.combinations = product;
    this.all = Math.multiplyExact(split.count(), product);
    this.count = Math.min(all, most);
  }

  public int count() {
    return count;
  }

  /**
   * At most so many of them: the first, the last, and others evenly between. Each keeps its number
   * and its variables.
   */
  public StageFragments sample(int most) {
    return most >= count ? this : new StageFragments(split, matrix, warnings, most);
  }

  /** What the split made, before the matrix. */
  public Fragments ofSplit() {
    return split;
  }

  /** What the split leaves out or alters, a sentence each. */
  public List<String> warnings() {
    return warnings;
  }

  /** How many fragments there are for each one of the split. */
  public int combinations() {
    return combinations;
  }

  /** The fragment at a position, which is its number unless this is a sample. */
  public FragmentPlan get(int position) {
    Objects.checkIndex(position, count);
    var index =
        count == all || count == 1 ? position : (int) ((long) position * (all - 1) / (count - 1));
    var fragment = split.get(index / combinations);
    var variables = new LinkedHashMap<String, String>(fragment.variables());
    var rest = index % combinations;
    var size = combinations;
    for (var axis : matrix) {
      size /= axis.values().count();
      variables.put(axis.name(), axis.values().get(rest / size));
      rest %= size;
    }
    variables.put("index", Integer.toString(index));
    variables.put("count", Integer.toString(all));
    fragment
        .origin()
        .ifPresent(
            file -> {
              variables.put("path", file.path());
              variables.put("stem", file.stem());
            });
    return new FragmentPlan(index, fragment, variables);
  }

  /** The first two files that would have one place in the folder that their fragment reads. */
  public Optional<InputClash> clash() {
    var taken = new HashMap<String, InputFile>();
    var folders = new HashMap<String, InputFile>();
    for (var i = 0; i < split.count(); i++) {
      taken.clear();
      folders.clear();
      for (var piece : split.get(i).pieces()) {
        if (piece instanceof Piece.Slice slice) {
          var other = place(slice.file(), taken, folders);
          if (other != null) {
            return Optional.of(new InputClash(other, slice.file()));
          }
        }
      }
    }
    return Optional.empty();
  }

  /** Gives a file its place, unless another one has it already: that is returned. */
  private static @Nullable InputFile place(
      InputFile file, Map<String, InputFile> taken, Map<String, InputFile> folders) {
    var path = file.path();
    for (var slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      var around = path.substring(0, slash);
      if (taken.containsKey(around)) {
        return taken.get(around);
      }
      folders.putIfAbsent(around, file);
    }
    var below = folders.get(path);
    return below == null ? taken.putIfAbsent(path, file) : below;
  }
}
