package org.golempipeline.plan;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.golempipeline.spec.MatrixAxis;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Piece;

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
  int combinations() {
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

  /**
   * A file that would have the place of another in the folder that its fragment reads, or of a
   * folder around that.
   */
  public Optional<InputFile> clash() {
    var paths = new HashSet<String>();
    for (var i = 0; i < split.count(); i++) {
      paths.clear();
      for (var piece : split.get(i).pieces()) {
        if (piece instanceof Piece.Slice slice && !addPath(paths, slice.file().path())) {
          return Optional.of(slice.file());
        }
      }
    }
    return Optional.empty();
  }

  private static boolean addPath(Set<String> paths, String path) {
    for (var slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      if (paths.contains(path.substring(0, slash))) {
        return false;
      }
    }
    return paths.add(path);
  }
}
