package org.golempipeline.html;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.event.Failure;
import org.jspecify.annotations.Nullable;

/**
 * Failures, those of one cause counted together: messages that differ only in numbers are one,
 * unless the exit codes differ. Only so many causes and examples are kept.
 */
final class Causes {
  private static final int MOST = 20;
  private static final int EXAMPLES = 3;

  private final Map<String, Cause> causes = new LinkedHashMap<>();
  private long others;

  /**
   * One fragment or script.
   *
   * @param label what it is called
   * @param detail how often it was tried, and by whom last
   * @param fragment its number; null if it is no single fragment
   */
  record Example(@Nullable Integer fragment, String label, String detail, @Nullable String log) {}

  static final class Cause {
    final String stage;
    final Failure failure;
    final List<Example> examples = new ArrayList<>();
    long count;

    private Cause(String stage, Failure failure) {
      this.stage = stage;
      this.failure = failure;
    }
  }

  void add(String stage, Failure failure, @Nullable Integer exitCode, Example example) {
    var message = failure.message().replaceAll("[0-9]+", "0");
    var key = stage + '\n' + failure.kind() + '\n' + exitCode + '\n' + message;
    var cause = causes.get(key);
    if (cause == null) {
      if (causes.size() == MOST) {
        others++;
        return;
      }
      cause = new Cause(stage, failure);
      causes.put(key, cause);
    }
    cause.count++;
    if (cause.examples.size() < EXAMPLES) {
      cause.examples.add(example);
    }
  }

  Collection<Cause> all() {
    return causes.values();
  }

  /** Failures whose cause was one too many to keep. */
  long others() {
    return others;
  }

  long count() {
    return causes.values().stream().mapToLong(cause -> cause.count).sum() + others;
  }
}
