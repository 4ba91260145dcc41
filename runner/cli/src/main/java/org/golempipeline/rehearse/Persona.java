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

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.golempipeline.node.Faults;
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

  private static final Duration SLOWNESS = Duration.ofMillis(300);
  private static final long LINK_SPEED = 200_000;

  private final ProviderFault[] faults;

  Persona(ProviderFault... faults) {
    this.faults = faults;
  }

  /** The one of that name on the command line. */
  public static Optional<Persona> named(String name) {
    return Stream.of(values()).filter(each -> each.commandName().equals(name)).findFirst();
  }

  /** Makes a node's providers, in the order of their numbers, what {@code cast} says. */
  public static void assign(List<Persona> cast, Faults faults) {
    faults.slowness(SLOWNESS);
    faults.linkSpeed(LINK_SPEED);
    for (var i = 0; i < cast.size(); i++) {
      faults.provider(i, cast.get(i).faults);
    }
  }

  /** In one word: {@code mute-after-agreement}. */
  public String commandName() {
    return toString().replace(' ', '-');
  }

  /** In words: {@code mute after agreement}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
