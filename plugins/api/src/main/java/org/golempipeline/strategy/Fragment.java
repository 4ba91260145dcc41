package org.golempipeline.strategy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One independent part of a stage's work.
 *
 * @param pieces what {@code $in} is made of; empty when the stage has no input
 * @param variables what the strategy gives the command beside it, by name, in order
 */
public record Fragment(List<Piece> pieces, Map<String, String> variables) {
  public Fragment {
    pieces = List.copyOf(pieces);
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
  }

  /** A fragment that reads {@code pieces} and has no variables. */
  public static Fragment of(Piece... pieces) {
    return new Fragment(List.of(pieces), Map.of());
  }

  /** The input file this fragment is about: the last one that it reads from. */
  public Optional<InputFile> origin() {
    for (var i = pieces.size() - 1; i >= 0; i--) {
      if (pieces.get(i) instanceof Piece.Slice slice) {
        return Optional.of(slice.file());
      }
    }
    return Optional.empty();
  }
}
