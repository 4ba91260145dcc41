package org.golempipeline.golem;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a session that ended without letting go. The rest is asked of the daemon, which
 * finds it by what was chosen and written down before the session began.
 *
 * @param sessionId under which its agreements were confirmed
 * @param runId that its demands name
 * @param begun when it began
 * @param budget GLM that all its documents together may come to
 * @param accepted GLM of the documents that are known to be accepted
 * @param platform payment platform
 * @param allocations that it asked for
 * @param agreements that are known, each with whether it was approved
 * @param activities that are known, each with its agreement
 * @param invoices that are known to be accepted, each by its agreement
 * @param limit how long providers are waited for
 * @param invoiceLimit how long invoices are waited for at the most once everything has ended
 */
public record SettleTerms(
    String sessionId,
    String runId,
    Instant begun,
    BigDecimal budget,
    BigDecimal accepted,
    String platform,
    List<AllocationTrace> allocations,
    Map<String, Boolean> agreements,
    Map<String, String> activities,
    Map<String, String> invoices,
    Duration limit,
    Duration invoiceLimit) {
  public SettleTerms {
    allocations = List.copyOf(allocations);
    agreements = Map.copyOf(agreements);
    activities = Map.copyOf(activities);
    invoices = Map.copyOf(invoices);
  }

  /**
   * An allocation by what identifies it.
   *
   * @param id if the daemon's answer arrived
   */
  public record AllocationTrace(@Nullable String id, BigDecimal amount, Instant timeout) {}
}
