package org.golempipeline.schedule;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What is known of a fragment that one attempt did not settle. */
final class Trouble {
  /** Attempts whose own program failed. */
  int attempts;

  /** Attempts that were lost with their machine. */
  int losses;

  /** Attempts that went well, and whose output was not believed yet. */
  int answers;

  /** Attempts on their way. */
  int running;

  /** So many fragments at the most share a script with it. */
  int mostTogether = Integer.MAX_VALUE;

  /** It may go back to providers that tried it before: there is nobody else. */
  boolean anyProvider;

  Instant notBefore = Instant.MIN;
  final Set<String> tried = new HashSet<>();

  /** Operators whose other machines are no better; empty unless it is about trust. */
  final Set<String> wallets = new HashSet<>();

  final Map<String, Integer> exitCodes = new HashMap<>();

  boolean mayRunOn(RentalState rental) {
    return anyProvider || !tried.contains(rental.provider) && !wallets.contains(rental.wallet);
  }
}
