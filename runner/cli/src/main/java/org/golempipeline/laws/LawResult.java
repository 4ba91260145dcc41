package org.golempipeline.laws;

import org.jspecify.annotations.Nullable;

/**
 * What became of one law for one stage.
 *
 * @param reason why, as a sentence without its full stop
 * @param difference what differs first; only of a broken law about results
 * @param cure what the user can do about a broken law
 */
public record LawResult(
    Law law,
    Verdict verdict,
    String reason,
    @Nullable Difference difference,
    @Nullable String cure) {

  /** Whether a law holds. */
  public enum Verdict {
    OK,
    BROKEN,
    DOES_NOT_APPLY;

    @Override
    public String toString() {
      return switch (this) {
        case OK -> "ok";
        case BROKEN -> "broken";
        case DOES_NOT_APPLY -> "does not apply";
      };
    }
  }

  static LawResult ok(Law law, String reason) {
    return new LawResult(law, Verdict.OK, reason, null, null);
  }

  static LawResult doesNotApply(Law law, String reason) {
    return new LawResult(law, Verdict.DOES_NOT_APPLY, reason, null, null);
  }

  static LawResult broken(
      Law law, String reason, @Nullable Difference difference, @Nullable String cure) {
    return new LawResult(law, Verdict.BROKEN, reason, difference, cure);
  }
}
