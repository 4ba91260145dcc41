package org.golempipeline.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.event.Failure;

/**
 * Failures, those of one cause counted together: of one stage and kind, with messages that differ
 * only in numbers, such as sizes, times and line numbers. However many there are, only so many
 * causes and examples are kept. Not for several threads.
 *
 * @param <E> what is kept of a failure that is an example
 */
public final class Causes<E> {
  private static final int MOST = 20;
  private static final int EXAMPLES = 3;

  private final Map<String, Cause<E>> causes = new LinkedHashMap<>();
  private long others;

  /** Failures of a stage that have one cause; the first of them stands for all. */
  public static final class Cause<E> {
    public final String stage;
    public final Failure failure;
    private final List<E> examples = new ArrayList<>();
    private long count;

    private Cause(String stage, Failure failure) {
      this.stage = stage;
      this.failure = failure;
    }

    public List<E> examples() {
      return examples;
    }

    public long count() {
      return count;
    }
  }

  /** What failures of one cause have in common. */
  static String key(String stage, Failure failure) {
    return stage + '\n' + failure.kind() + '\n' + failure.message().replaceAll("[0-9]+", "0");
  }

  public void add(String stage, Failure failure, E example) {
    add(stage, failure, "", example);
  }

  /**
   * The same where something else tells causes apart too.
   *
   * @param besides the same for all failures of one cause
   */
  public void add(String stage, Failure failure, String besides, E example) {
    var key = besides + '\n' + key(stage, failure);
    var cause = causes.get(key);
    if (cause == null) {
      if (causes.size() == MOST) {
        others++;
        return;
      }
      cause = new Cause<>(stage, failure);
      causes.put(key, cause);
    }
    cause.count++;
    if (cause.examples.size() < EXAMPLES) {
      cause.examples.add(example);
    }
  }

  public Collection<Cause<E>> all() {
    return causes.values();
  }

  /** Failures whose cause was one too many to keep. */
  public long others() {
    return others;
  }

  public long count() {
    return causes.values().stream().mapToLong(Cause::count).sum() + others;
  }
}
