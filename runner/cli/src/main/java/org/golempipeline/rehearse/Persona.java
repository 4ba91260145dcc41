package org.golempipeline.rehearse;

import static org.golempipeline.node.ProviderFault.COLLUDES;
import static org.golempipeline.node.ProviderFault.CRASHES;
import static org.golempipeline.node.ProviderFault.FAILS;
import static org.golempipeline.node.ProviderFault.HEAVY_TAILED;
import static org.golempipeline.node.ProviderFault.IGNORES_AGREEMENTS;
import static org.golempipeline.node.ProviderFault.INVOICES_LATE;
import static org.golempipeline.node.ProviderFault.INVOICES_TWICE;
import static org.golempipeline.node.ProviderFault.LIES;
import static org.golempipeline.node.ProviderFault.MUTE;
import static org.golempipeline.node.ProviderFault.NEVER_INVOICES;
import static org.golempipeline.node.ProviderFault.OVERBILLS;
import static org.golempipeline.node.ProviderFault.REFUSES_AGREEMENTS;
import static org.golempipeline.node.ProviderFault.REFUSES_PROPOSALS;
import static org.golempipeline.node.ProviderFault.RESUMES_TRANSFERS;
import static org.golempipeline.node.ProviderFault.SAYS_OK_WHEN_KILLED;
import static org.golempipeline.node.ProviderFault.SLOW;
import static org.golempipeline.node.ProviderFault.SLOW_LINK;
import static org.golempipeline.node.ProviderFault.TRUNCATES_STDOUT;
import static org.golempipeline.node.ProviderFault.VANISHES;
import static org.golempipeline.node.ProviderFault.WRONG_HASH;

import java.util.Locale;
import org.golempipeline.node.ProviderFault;

/** What kind of provider one is. */
public enum Persona {
  HONEST,
  REFUSING(REFUSES_PROPOSALS),
  WITHDRAWING(REFUSES_AGREEMENTS),
  SILENT(IGNORES_AGREEMENTS),
  MUTE_AFTER_AGREEMENT(MUTE),
  CRASHING(CRASHES),
  VANISHING(VANISHES, SAYS_OK_WHEN_KILLED),
  FAILING(FAILS),
  SLUGGISH(SLOW),
  ERRATIC(HEAVY_TAILED),
  BADLY_CONNECTED(SLOW_LINK, RESUMES_TRANSFERS),
  GARBLING(WRONG_HASH),
  LOSING_LOGS(TRUNCATES_STDOUT),
  LYING(LIES),
  COLLUDING(COLLUDES),
  OVERBILLING(OVERBILLS),
  INVOICING_TWICE(INVOICES_TWICE),
  INVOICING_LATE(INVOICES_LATE),
  NEVER_INVOICING(NEVER_INVOICES);

  private final ProviderFault[] faults;

  Persona(ProviderFault... faults) {
    this.faults = faults;
  }

  ProviderFault[] faults() {
    return faults.clone();
  }

  /** In words: {@code mute after agreement}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
