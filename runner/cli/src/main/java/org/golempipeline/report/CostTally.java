package org.golempipeline.report;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;

/**
 * What the accepted documents add up to. A debit note's amount includes the notes before it, an
 * invoice's all notes of its agreement, so the largest amount of an agreement counts. Not for
 * several threads.
 */
final class CostTally {
  private final Map<String, BigDecimal> open = new HashMap<>();
  private BigDecimal invoiced = BigDecimal.ZERO;

  void debitNote(String agreement, BigDecimal total) {
    open.merge(agreement, total, BigDecimal::max);
  }

  void invoice(String agreement, BigDecimal amount) {
    open.remove(agreement);
    invoiced = invoiced.add(amount);
  }

  BigDecimal accepted() {
    return open.values().stream().reduce(invoiced, BigDecimal::add);
  }
}
