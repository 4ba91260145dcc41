package org.golempipeline.spec;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.golempipeline.diagnostic.Diagnostic.Related;
import org.golempipeline.diagnostic.DiagnosticIds;
import org.golempipeline.document.Node.Scalar;
import org.jspecify.annotations.Nullable;

/** Which stage waits for which: cycles and order. Walks without recursion, however many stages. */
final class StageGraph {
  /** Stage to the stages it waits for, with where that is said. */
  private final Map<String, Map<String, Scalar>> edges = new LinkedHashMap<>();

  private final FileUnderCheck file;

  private StageGraph(FileUnderCheck file) {
    this.file = file;
    for (var stage : file.stages()) {
      var targets = new LinkedHashMap<String, Scalar>();
      for (var reference : stage.dependencies()) {
        if (file.stage(reference.text()) != null) {
          targets.putIfAbsent(reference.text(), reference);
        }
      }
      edges.put(stage.name(), targets);
    }
  }

  /** The stages so that each stands after those it waits for; ties as in the file. */
  static List<StageOutline> ordered(FileUnderCheck file) {
    var graph = new StageGraph(file);
    var reported = new HashSet<String>();
    for (var stage : graph.edges.keySet()) {
      if (!reported.contains(stage)) {
        var cycle = graph.shortestCycle(stage);
        if (cycle != null) {
          reported.addAll(cycle);
          graph.report(cycle);
        }
      }
    }
    return reported.isEmpty() ? graph.order() : file.stages();
  }

  private List<StageOutline> order() {
    var rest = new ArrayList<>(file.stages());
    var done = new HashSet<String>();
    var order = new ArrayList<StageOutline>();
    while (!rest.isEmpty()) {
      // The first in the file that is ready: a later one never overtakes it.
      var next = 0;
      while (!done.containsAll(targets(rest.get(next).name()).keySet())) {
        next++;
      }
      var ready = rest.remove(next);
      done.add(ready.name());
      order.add(ready);
    }
    return order;
  }

  /** The stages of a shortest cycle through {@code start}, which comes first; null if none. */
  private @Nullable List<String> shortestCycle(String start) {
    var cameFrom = new HashMap<String, String>();
    Deque<String> queue = new ArrayDeque<>(Set.of(start));
    while (!queue.isEmpty()) {
      var stage = queue.remove();
      for (var target : targets(stage).keySet()) {
        if (target.equals(start)) {
          return path(start, stage, cameFrom);
        }
        if (cameFrom.putIfAbsent(target, stage) == null) {
          queue.add(target);
        }
      }
    }
    return null;
  }

  private static List<String> path(String start, String last, Map<String, String> cameFrom) {
    var path = new ArrayList<String>();
    for (var stage = last; !stage.equals(start); stage = cameFrom.getOrDefault(stage, start)) {
      path.add(0, stage);
    }
    path.add(0, start);
    return path;
  }

  private void report(List<String> cycle) {
    var related = new ArrayList<Related>();
    for (var i = 0; i < cycle.size(); i++) {
      var stage = cycle.get(i);
      var target = cycle.get((i + 1) % cycle.size());
      var reference = Objects.requireNonNull(targets(stage).get(target));
      related.add(new Related(reference.range(), "`%s` waits for `%s`.".formatted(stage, target)));
    }
    var message =
        cycle.size() == 1
            ? "The stage `%s` waits for itself.".formatted(cycle.get(0))
            : "The stages %s wait for each other.".formatted(Words.list(cycle));
    file.problems()
        .error(
            DiagnosticIds.GRAPH_CYCLE,
            related.get(0).range(),
            message,
            "Remove one of these references.",
            related);
  }

  private Map<String, Scalar> targets(String stage) {
    return edges.getOrDefault(stage, Map.of());
  }
}
