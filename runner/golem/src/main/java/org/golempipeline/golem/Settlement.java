package org.golempipeline.golem;

import java.math.BigDecimal;
import java.util.List;

/**
 * How a session ended.
 *
 * @param accepted GLM of all debit notes and invoices that were accepted
 * @param agreements how many agreements there were
 * @param outstanding what is still open, a sentence each; empty if all is paid and released
 */
public record Settlement(BigDecimal accepted, int agreements, List<String> outstanding) {
  public Settlement {
    outstanding = List.copyOf(outstanding);
  }
}
