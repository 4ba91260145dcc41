package org.golempipeline.standard;

import java.util.List;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.StrategyException;

/** What splits have in common that cut every input file, and need to be told how. */
interface CuttingSplit extends SplitStrategy {
  @Override
  default boolean optionsRequired() {
    return true;
  }

  @Override
  default InputUse inputUse() {
    return InputUse.REQUIRED;
  }

  @Override
  default InputShape inputShape(Options options) {
    return InputShape.FILE;
  }

  @Override
  default List<String> variables(Options options) throws StrategyException {
    return List.of();
  }
}
