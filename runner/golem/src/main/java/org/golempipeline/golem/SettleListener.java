package org.golempipeline.golem;

import java.math.BigDecimal;
import java.time.Instant;

/** Hears what is done to settle an earlier session. */
public interface SettleListener extends GolemListener {
  /**
   * The earlier allocation is gone while something is owed, so a new one will be asked for. On
   * return this is written down, so that it can be found whatever happens next.
   */
  void allocating(BigDecimal amount, Instant timeout);
}
