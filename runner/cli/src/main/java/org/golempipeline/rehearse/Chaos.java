package org.golempipeline.rehearse;

import static org.golempipeline.rehearse.Persona.BADLY_CONNECTED;
import static org.golempipeline.rehearse.Persona.COLLUDING;
import static org.golempipeline.rehearse.Persona.CRASHING;
import static org.golempipeline.rehearse.Persona.ERRATIC;
import static org.golempipeline.rehearse.Persona.FAILING;
import static org.golempipeline.rehearse.Persona.GARBLING;
import static org.golempipeline.rehearse.Persona.HONEST;
import static org.golempipeline.rehearse.Persona.INVOICING_LATE;
import static org.golempipeline.rehearse.Persona.INVOICING_TWICE;
import static org.golempipeline.rehearse.Persona.LOSING_LOGS;
import static org.golempipeline.rehearse.Persona.LYING;
import static org.golempipeline.rehearse.Persona.MUTE_AFTER_AGREEMENT;
import static org.golempipeline.rehearse.Persona.NEVER_INVOICING;
import static org.golempipeline.rehearse.Persona.OVERBILLING;
import static org.golempipeline.rehearse.Persona.REFUSING;
import static org.golempipeline.rehearse.Persona.SILENT;
import static org.golempipeline.rehearse.Persona.SLUGGISH;
import static org.golempipeline.rehearse.Persona.VANISHING;
import static org.golempipeline.rehearse.Persona.WITHDRAWING;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.golempipeline.node.EndpointFault;
import org.golempipeline.node.Faults;

/** In which way a network misbehaves. The seed alone decides who in it is what. */
public enum Chaos {
  CALM,
  /** Everybody honest, some with old machines and bad lines. */
  SLOW(SLUGGISH, ERRATIC, BADLY_CONNECTED),
  /** Who works is gone or broken the next moment. */
  CRASHES(CRASHING, VANISHING, FAILING, MUTE_AFTER_AGREEMENT),
  /** False results under fitting hashes: only {@code verify} or {@code accept} sees them. */
  LIARS(LYING, COLLUDING),
  /** Bills that do not add up, or come late or twice or never. */
  BILLS(OVERBILLING, INVOICING_TWICE, INVOICING_LATE, NEVER_INVOICING),
  /** All of it but lies, mostly crashes, and a daemon that fails at times. */
  STORM(
      CRASHING,
      CRASHING,
      VANISHING,
      VANISHING,
      FAILING,
      FAILING,
      MUTE_AFTER_AGREEMENT,
      REFUSING,
      WITHDRAWING,
      SILENT,
      SLUGGISH,
      ERRATIC,
      BADLY_CONNECTED,
      GARBLING,
      LOSING_LOGS,
      OVERBILLING,
      INVOICING_TWICE);

  private static final double FAILED_REQUESTS = 0.02;
  private static final int LEAST_HONEST = 3;
  private static final int NO_LIMIT = Integer.MAX_VALUE;

  private final List<Persona> rogues;

  Chaos(Persona... rogues) {
    this.rogues = List.of(rogues);
  }

  public static Optional<Chaos> named(String name) {
    return Stream.of(values()).filter(each -> each.toString().equals(name)).findFirst();
  }

  /** As on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Who is what, by number. As many are honest as a run of so many workers needs, and three times
   * as many are not, so that it meets some of them.
   */
  public List<Persona> cast(int workers, long seed) {
    var honest = Math.max(LEAST_HONEST, workers);
    var providers = 4 * honest;
    var random = new SplittableRandom(seed);
    var cast = new ArrayList<Persona>();
    var next = new ArrayList<Persona>();
    while (cast.size() < providers - honest && !rogues.isEmpty()) {
      if (next.isEmpty()) {
        next.addAll(rogues);
        shuffle(next, random);
      }
      cast.add(next.remove(next.size() - 1));
    }
    while (cast.size() < providers) {
      cast.add(HONEST);
    }
    shuffle(cast, random);
    return cast;
  }

  private static void shuffle(List<Persona> list, SplittableRandom random) {
    for (var i = list.size() - 1; i > 0; i--) {
      var other = random.nextInt(i + 1);
      list.set(i, list.set(other, list.get(i)));
    }
  }

  /** Makes a node's providers what {@code cast} says, and its daemon what belongs to that. */
  void begin(List<Persona> cast, Faults faults) {
    Persona.assign(cast, faults);
    if (this == STORM) {
      var reading = "/(market|activity|payment)-api/v1/.*";
      faults.endpoint("GET", reading, EndpointFault.INTERNAL_ERROR, NO_LIMIT, FAILED_REQUESTS);
      faults.endpoint("GET", reading, EndpointFault.TIMEOUT, NO_LIMIT, FAILED_REQUESTS);
      faults.endpoint("GET", reading, EndpointFault.LOST_ANSWER, NO_LIMIT, FAILED_REQUESTS);
      var asking = "/market-api/v1/.*";
      faults.endpoint("POST", asking, EndpointFault.INTERNAL_ERROR, NO_LIMIT, FAILED_REQUESTS);
      faults.endpoint("POST", asking, EndpointFault.LOST_ANSWER, NO_LIMIT, FAILED_REQUESTS);
    }
  }
}
