package org.golempipeline.rehearse;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a rehearsal found out.
 *
 * @param cast what the providers of the chaotic run were
 * @param chaotic null if the calm run did not complete, so that there was none
 * @param difference how the chaotic result differs from the calm one, null if it does not
 * @param mayDiffer whether results of this pipeline depend on who is first, so that a difference
 *     means nothing
 * @param verified whether every stage has its results checked by {@code verify}
 * @param notes what could not be looked at, and why, a sentence each
 */
public record RehearsalResult(
    String file,
    Chaos chaos,
    long seed,
    List<Persona> cast,
    RunFigures calm,
    @Nullable RunFigures chaotic,
    @Nullable String difference,
    boolean mayDiffer,
    boolean verified,
    List<Finding> findings,
    List<String> notes) {
  public RehearsalResult {
    cast = List.copyOf(cast);
    findings = List.copyOf(findings);
    notes = List.copyOf(notes);
  }

  /** Whether the chaotic run came to the same result. */
  public boolean survived() {
    return chaotic != null && chaotic.finished() && (difference == null || mayDiffer);
  }

  boolean hasLiars() {
    return cast.contains(Persona.LYING) || cast.contains(Persona.COLLUDING);
  }

  /** Whether the pipeline is ready for other people's machines, as far as was seen. */
  public boolean ready() {
    return survived() && findings.isEmpty();
  }
}
