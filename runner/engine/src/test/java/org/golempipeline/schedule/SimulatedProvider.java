package org.golempipeline.schedule;

import java.math.BigDecimal;

/** A stranger's machine in a simulated network, and how it behaves. */
final class SimulatedProvider {
  enum Persona {
    HONEST,
    /** Five times slower than the others. */
    SLOW,
    /** Now and then much slower, as busy machines are. */
    HEAVY_TAILED,
    /** Leaves in the middle of a script and does not come back. */
    VANISHING,
    /** Takes a script and is not heard of again. */
    STALLING,
    /** Now and then never comes to the end of a fragment, and says that it is at it. */
    STUCK,
    /** Makes up some results, each its own way. */
    LYING,
    /** Makes up the same results as its friends. */
    COLLUDING,
    /** Agrees to work, and then often cannot start the image. */
    CRASHING,
    /** Its programs fail now and then. */
    FLAKY
  }

  final int number;
  final Persona persona;
  final String name;
  final String wallet;
  BigDecimal start = BigDecimal.ZERO;

  /** GLM for a second. */
  BigDecimal rate = BigDecimal.ZERO;

  /** What it takes, as a multiple of what it should. */
  double pace = 1;

  boolean gone;

  SimulatedProvider(int number, Persona persona, String wallet) {
    this.number = number;
    this.persona = persona;
    this.name = "p" + number;
    this.wallet = wallet;
    this.pace = persona == Persona.SLOW ? 5 : 1;
  }

  /** Whether it says something false about a fragment; friends lie about the same ones. */
  boolean lies(long seed, int stage, int fragment, double share) {
    return switch (persona) {
      case LYING -> chance(seed, stage, fragment, number) < share;
      case COLLUDING -> chance(seed, stage, fragment, -1) < share;
      default -> false;
    };
  }

  /** What it leaves for a fragment: 0 is right, everything else is a lie; equal lies are equal. */
  int answer(long seed, int stage, int fragment, double share) {
    if (!lies(seed, stage, fragment, share)) {
      return 0;
    }
    return persona == Persona.COLLUDING ? -1 : 1 + number;
  }

  private static double chance(long seed, int stage, int fragment, int number) {
    var z = seed * 31 + stage * 1_000_003L + fragment * 7_919L + number * 104_729L;
    z = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL;
    z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return ((z ^ (z >>> 33)) >>> 11) * 0x1.0p-53;
  }
}
