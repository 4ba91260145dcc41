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
  public FragmentWork {
    pieces = List.copyOf(pieces);
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    argv = List.copyOf(argv);
  }
}
