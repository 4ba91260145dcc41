package org.golempipeline.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.golempipeline.event.Failure;
import org.golempipeline.event.RunEvent;
import org.jspecify.annotations.Nullable;

/**
 * Failed fragments, those with the same reason counted together. However many fragments fail, only
 * so many reasons and examples are kept. Not for several threads.
 */
final class FailureTally {
  private static final int REASONS = 20;
  private static final int EXAMPLES = 3;

  private final Map<String, Group> groups = new LinkedHashMap<>();
  private int others;

  void add(RunEvent.FragmentFailed failed, @Nullable String provider) {
    var key = reason(failed);
    var group = groups.get(key);
    if (group == null) {
      if (groups.size() == REASONS) {
        others++;
        return;
      }
      group = new Group(failed.stage(), failed.failure());
      groups.put(key, group);
    }
    group.count++;
    if (group.examples.size() < EXAMPLES) {
      group.examples.add(
          new Example(
              failed.fragment(), failed.label(), failed.attempts(), provider, failed.log()));
    }
  }

  /** Messages that differ only in numbers are one reason: sizes, times, line numbers. */
  static String reason(RunEvent.FragmentFailed failed) {
    return failed.stage()
        + '\n'
        + failed.failure().kind()
        + '\n'
        + failed.failure().message().replaceAll("[0-9]+", "0");
  }

  Collection<Group> groups() {
    return groups.values();
  }

  /** Failures whose reason was one too many to keep. */
  int others() {
    return others;
  }

  /** Fragments of a stage that failed for one reason. */
  static final class Group {
    final String stage;
    final Failure failure;
    final List<Example> examples = new ArrayList<>();
    int count;

    private Group(String stage, Failure failure) {
      this.stage = stage;
      this.failure = failure;
    }
  }

  /** One fragment of a group. */
  record Example(
      int fragment, String label, int attempts, @Nullable String provider, @Nullable String log) {}
}
