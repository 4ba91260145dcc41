package org.golempipeline.image;

import java.util.Optional;

/**
 * Whether fragments on this machine are executed inside their images.
 *
 * @param choice what the user wants
 * @param obstacle why this machine cannot, if so
 */
public record Inside(Choice choice, Optional<Obstacle> obstacle) {
  /** What the user wants. */
  public enum Choice {
    /** Inside, where the image is at hand and it is possible. */
    WHERE_POSSIBLE,
    /** Inside; or refused. */
    ALWAYS,
    /** With the programs of this machine. */
    NEVER
  }

  /**
   * What stands in the way.
   *
   * @param reason a clause
   * @param cure a sentence
   */
  public record Obstacle(String reason, String cure) {}
}
