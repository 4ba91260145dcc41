package org.golempipeline.spec;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * When a stage may end although fragments are missing.
 *
 * @param count so many fragments done, if set as a number
 * @param share this share of the fragments done, 0 to 1, if set so
 * @param until shell text that is asked about the result so far: zero means it is enough; asked
 *     only once {@code count} or {@code share} is reached, if one is set
 */
public record Enough(
    @Nullable Integer count, @Nullable BigDecimal share, @Nullable ShellText until) {
  /** Whether so many fragments are done that the stage may end, or {@code until} be asked. */
  public boolean isReached(int done, int fragments) {
    if (count != null) {
      return done >= count;
    }
    return share == null || Shares.isReached(share, done, fragments);
  }
}
