package org.golempipeline.batch;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.SplitStrategy.InputShape;

/**
 * One fragment as a batch carries it.
 *
 * @param pieces what {@code $in} is made of
 * @param shape what {@code $in} is
 * @param inSuffix suffix of the input file on the provider, {@code .txt} or empty
 * @param variables exported to the command beside {@code in}, {@code out}, {@code outdir}, {@code
 *     tmp}, by name; only those that the command mentions
 * @param argv the command's words when it is not shell text, else empty; {@code ${in}} and the like
 *     are still in them as {@link #IN} and so on
 */
public record FragmentWork(
    List<Piece> pieces,
    InputShape shape,
    String inSuffix,
    Map<String, String> variables,
    List<String> argv) {
  /**
   * Stands in a word of {@link #argv} for the path of the input, which only the provider knows. No
   * argument of a program can hold the character it begins with.
   */
  public static final String IN = "\0in\0";

  /** Likewise, for the path of the output file. */
  public static final String OUT = "\0out\0";

  /** Likewise, for the path of the folder of output files. */
  public static final String OUTDIR = "\0outdir\0";

  /** Likewise, for the path of the fragment's temporary folder. */
  public static final String TMP = "\0tmp\0";

  public FragmentWork {
    pieces = List.copyOf(pieces);
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    argv = List.copyOf(argv);
  }

  /** Stands in a word of {@link #argv} for the value of a variable that only the provider knows. */
  public static String variable(String name) {
    return "\0$" + name + "\0";
  }

  boolean argvHolds(String marker) {
    for (var word : argv) {
      if (word.contains(marker)) {
        return true;
      }
    }
    return false;
  }
}
