package org.golempipeline.html;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** What the journal says of one provider, or of all that are one too many to be kept apart. */
final class ProviderFacts {
  final String id;
  String name;
  final Spread busySpread;
  final Spread rentedSpread;

  /** Its scripts and rentals one by one; empty once there are too many. */
  final List<Bar> bars;

  int rentals;
  long scripts;
  long lostScripts;
  long done;
  long failed;
  long busy;
  long rented;
  boolean banned;
  BigDecimal accepted = BigDecimal.ZERO;

  /** What became of a script. */
  enum End {
    DONE("done"),
    SOME_FAILED("some fragments failed"),
    FAILED("all fragments failed"),
    LOST("nothing came back"),
    CANCELLED("cancelled"),
    UNKNOWN("not back when the journal ends");

    final String words;

    End(String words) {
      this.words = words;
    }
  }

  /** A script; times are milliseconds since the run began. */
  record Bar(long from, long to, End end, String stage, String fragments) {}

  ProviderFacts(String id, String name) {
    this.id = id;
    this.name = name;
    busySpread = new Spread();
    rentedSpread = new Spread();
    bars = new ArrayList<>();
  }

  /** The same, to go on on its own. */
  ProviderFacts(ProviderFacts other) {
    id = other.id;
    name = other.name;
    busySpread = new Spread(other.busySpread);
    rentedSpread = new Spread(other.rentedSpread);
    bars = new ArrayList<>(other.bars);
    rentals = other.rentals;
    scripts = other.scripts;
    lostScripts = other.lostScripts;
    done = other.done;
    failed = other.failed;
    busy = other.busy;
    rented = other.rented;
    banned = other.banned;
    accepted = other.accepted;
  }
}
