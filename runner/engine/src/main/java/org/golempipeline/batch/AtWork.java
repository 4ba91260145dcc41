package org.golempipeline.batch;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a script says of itself while it runs its fragments.
 *
 * @param position in the batch, of the fragment that is at work
 * @param ran how long it has been, at least
 */
public record AtWork(int position, Duration ran) {
  private static final Pattern LINE = Pattern.compile("alive ([0-9]{1,7}) ([0-9]{1,7})");

  /** Empty if {@code line}, which a script wrote to its standard output, does not say that. */
  public static Optional<AtWork> of(String line) {
    var words = LINE.matcher(line);
    return words.matches()
        ? Optional.of(
            new AtWork(
                Integer.parseInt(words.group(1)),
                Duration.ofSeconds(Integer.parseInt(words.group(2)))))
        : Optional.empty();
  }
}
