package org.golempipeline.golem;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Objects;

/**
 * What a session with the daemon is opened with. Everything by which its traces can be found again
 * after a crash is chosen by the caller, who writes it down first.
 *
 * @param sessionId passed at every agreement's confirmation; events are filtered by it
 * @param runId put into every demand as a property of our own
 * @param budget GLM to allocate
 * @param allocationTimeout when the daemon releases the allocation by itself; in whole milliseconds
 * @param platform payment platform: {@code erc20-hoodi-tglm}
 * @param subnet only providers in it are asked
 */
public record SessionTerms(
    String sessionId,
    String runId,
    BigDecimal budget,
    Instant allocationTimeout,
    String platform,
    String subnet) {
  public SessionTerms {
    Objects.requireNonNull(sessionId);
    Objects.requireNonNull(runId);
    Objects.requireNonNull(budget);
    Objects.requireNonNull(allocationTimeout);
  }
}
