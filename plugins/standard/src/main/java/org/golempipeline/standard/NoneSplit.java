package org.golempipeline.standard;

import java.util.List;
import java.util.Map;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.SplitStrategy;

/** {@code none}: one fragment that gets the whole input, if there is any. */
public final class NoneSplit extends Described implements SplitStrategy {
  public NoneSplit() {
    super(
        "none",
        "1",
        "Does not split: one fragment gets the whole input as a folder, or none at all.");
  }

  @Override
  public InputUse inputUse() {
    return InputUse.OPTIONAL;
  }

  @Override
  public InputShape inputShape(Options options) {
    return InputShape.FOLDER;
  }

  @Override
  public List<String> variables(Options options) {
    return List.of();
  }

  @Override
  public Fragments split(SplitContext context) {
    var pieces = context.inputs().stream().<Piece>map(Piece.Slice::whole).toList();
    return Fragments.of(List.of(new Fragment(pieces, Map.of())));
  }
}
