package org.golempipeline.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.golempipeline.bus.BusException;
import org.golempipeline.exeunit.Conduct;
import org.golempipeline.exeunit.ExeHost;
import org.golempipeline.exeunit.ExeUnit;
import org.golempipeline.exeunit.ExeUnits;
import org.golempipeline.exeunit.Limits;
import org.golempipeline.exeunit.TaskPackage;
import org.golempipeline.golem.wire.ActivityState;
import org.golempipeline.golem.wire.ActivityUsage;
import org.golempipeline.golem.wire.Agreement;
import org.golempipeline.golem.wire.PropertyNames;
import org.golempipeline.golem.wire.WireJson;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running activity: the exe-unit, its address on the bus, and what the daemon is told of it. On
 * the desk's thread.
 */
final class Activity implements ExeHost {
  private static final Logger LOG = LoggerFactory.getLogger(Activity.class);
  private static final String REPORTS = "/local/activity/";
  private static final Duration REPORT_INTERVAL = Duration.ofSeconds(1);
  private static final Duration REPORT_LIMIT = Duration.ofSeconds(5);
  private static final double GIB = 1L << 30;
  private static final String TERMINATED = "Terminated";

  private final Desk desk;
  private final String id;
  private final ExeUnit unit;
  private final Queue<ActivityState> states = new ArrayDeque<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private boolean sending;

  private Activity(Desk desk, ExeUnits units, String id, Agreement agreement) {
    this.desk = desk;
    this.id = id;
    unit =
        units.start(
            id,
            counters(agreement),
            image(agreement, desk.inside),
            limits(agreement),
            this,
            Conduct.HONEST);
  }

  private static TaskPackage image(Agreement agreement, boolean inside) {
    Object named = agreement.demand().properties().get(PropertyNames.TASK_PACKAGE);
    return new TaskPackage(named == null ? null : named.toString(), inside, true);
  }

  /** What was offered, and no network: that takes a manifest, which this provider does not know. */
  private static Limits limits(Agreement agreement) {
    Map<String, Object> offer = agreement.offer().properties();
    return new Limits(
        bytes(offer.get(PropertyNames.STORAGE)), bytes(offer.get(PropertyNames.MEMORY)), false);
  }

  private static OptionalLong bytes(@Nullable Object gib) {
    return gib instanceof Number number
        ? OptionalLong.of((long) (number.doubleValue() * GIB))
        : OptionalLong.empty();
  }

  private static List<String> counters(Agreement agreement) {
    return agreement.offer().properties().get(PropertyNames.USAGE_VECTOR) instanceof List<?> vector
        ? vector.stream().map(String::valueOf).toList()
        : List.of();
  }

  /**
   * Begins to serve an activity.
   *
   * @param executor for what blocks
   */
  static Activity start(
      Desk desk, ExeUnits units, Executor executor, String id, Agreement agreement) {
    Activity activity = new Activity(desk, units, id, agreement);
    ExeService service =
        new ExeService(activity.unit, agreement.demand().requestorId(), executor, desk.clock);
    var unused =
        desk.bus
            .register(address(id), service)
            .whenComplete((done, problem) -> desk.run(() -> activity.registered(problem)));
    return activity;
  }

  private static String address(String id) {
    return "/public/exeunit/" + id;
  }

  private void registered(@Nullable Throwable problem) {
    if (problem != null) {
      LOG.warn("activity {} has no address", id, problem);
      var unused = end("creation failed");
      return;
    }
    reportRegularly();
    enter(unit.state());
  }

  private void reportRegularly() {
    if (!unit.over()) {
      var unused = reportUsage();
      var unusedTimer = desk.after(REPORT_INTERVAL, this::reportRegularly);
    }
  }

  private CompletableFuture<JsonNode> reportUsage() {
    return tell(
        "SetActivityUsage",
        "usage",
        new ActivityUsage(unit.usage(), desk.now().getEpochSecond()),
        false);
  }

  private CompletableFuture<JsonNode> tell(
      String method, String name, Object value, boolean credentials) {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    request.put("activityId", id);
    request.set(name, WireJson.mapper().valueToTree(value));
    request.putNull("timeout");
    if (credentials) {
      request.putNull("credentials");
    }
    return desk.bus.ask(desk.identity, REPORTS + method, request, REPORT_LIMIT);
  }

  /** Its end is told when nothing of it runs any more. */
  @Override
  public void stateChanged(ActivityState state) {
    if (!state.current().equals(TERMINATED)) {
      desk.run(() -> enter(state));
    }
  }

  private void enter(ActivityState state) {
    assert desk.isHere();
    states.add(state);
    if (!sending) {
      sendState();
    }
  }

  /** One after the other, until the daemon has it. */
  private void sendState() {
    ActivityState state = states.peek();
    sending = state != null;
    if (state == null) {
      return;
    }
    var unused =
        tell("SetActivityState", "state", state, true)
            .whenComplete((done, problem) -> desk.run(() -> stateSent(state, problem)));
  }

  private void stateSent(ActivityState state, @Nullable Throwable problem) {
    if (problem != null && mayPass(problem)) {
      var unused = desk.after(REPORT_INTERVAL, this::sendState);
      return;
    }
    states.remove();
    if (state.current().equals(TERMINATED)) {
      desk.bus.unregister(address(id));
      ended.complete(null);
    }
    sendState();
  }

  private static boolean mayPass(Throwable problem) {
    Throwable cause = problem instanceof CompletionException ? problem.getCause() : problem;
    return !(cause instanceof BusException known) || known.mayPass();
  }

  @Override
  public RequestorFile file(String node, String file) {
    return new BusFiles(desk.bus, desk.identity, node, file);
  }

  /**
   * Ends it; completes when nothing of it runs, and its last usage and its end are known to the
   * daemon.
   */
  CompletableFuture<Void> end(String why) {
    assert desk.isHere();
    if (!unit.over()) {
      var unused =
          unit.end(why)
              .whenComplete(
                  (done, problem) ->
                      reportUsage()
                          .whenComplete((told, failed) -> desk.run(() -> enter(unit.state()))));
    }
    return ended;
  }
}
