package org.golempipeline.standard;

import java.util.List;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.StrategyException;

/** What splits have in common that cut every input file, and need to be told how. */
abstract class CuttingSplit extends Described implements SplitStrategy {
  CuttingSplit(String name, String version, String summary) {
    super(name, version, summary);
  }

  @Override
  public boolean optionsRequired() {
    return true;
  }

  @Override
  public InputUse inputUse() {
    return InputUse.REQUIRED;
  }

  @Override
  public InputShape inputShape(Options options) {
    return InputShape.FILE;
  }

  @Override
  public List<String> variables(Options options) throws StrategyException {
    return List.of();
  }
}
