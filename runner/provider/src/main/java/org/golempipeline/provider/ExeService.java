package org.golempipeline.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.golempipeline.bus.BusCall;
import org.golempipeline.exeunit.BatchListener;
import org.golempipeline.exeunit.ExeBatch;
import org.golempipeline.exeunit.ExeException;
import org.golempipeline.exeunit.ExeUnit;
import org.golempipeline.golem.wire.ActivityUsage;
import org.golempipeline.golem.wire.CommandResult;
import org.golempipeline.golem.wire.ExeCommand;
import org.golempipeline.golem.wire.RuntimeEvent;
import org.golempipeline.golem.wire.WireJson;

/** An exe-unit as its requestor sees it: the methods below its address on the bus. Thread-safe. */
final class ExeService implements Consumer<BusCall> {
  private static final int KEPT_SCRIPTS = 64;

  private final ExeUnit unit;
  private final String requestor;
  private final Executor executor;
  private final Clock clock;

  /** As they came: who listens gets his own commands back, and can read no others. */
  private final Map<String, JsonNode> scripts =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, JsonNode> eldest) {
              return size() > KEPT_SCRIPTS;
            }
          });

  /**
   * @param requestor whose calls alone are answered
   * @param executor for answers that come later
   */
  ExeService(ExeUnit unit, String requestor, Executor executor, Clock clock) {
    this.unit = unit;
    this.requestor = requestor;
    this.executor = executor;
    this.clock = clock;
  }

  @Override
  public void accept(BusCall call) {
    try {
      answer(call, call.body());
    } catch (ExeException e) {
      call.error(error(e));
    } catch (JsonProcessingException e) {
      call.error(error("badRequest", e.getOriginalMessage()));
    } catch (IllegalArgumentException e) {
      call.error(error("badRequest", String.valueOf(e.getMessage())));
    }
  }

  private void answer(BusCall call, JsonNode body) throws ExeException, JsonProcessingException {
    if (!call.caller().equalsIgnoreCase(requestor)) {
      call.error(error("forbidden", "the agreement is with " + requestor));
      return;
    }
    String activity = text(body, "activityId", "activity_id");
    if (!activity.equals(unit.id())) {
      call.error(error("service", "Forbidden! Invalid activity id: " + activity));
      return;
    }
    switch (call.method()) {
      case "Exec" -> exec(call, body);
      case "GetExecBatchResults" -> results(call, body);
      case "StreamExecBatchResults" -> stream(call, text(body, "batchId", "batch_id"));
      case "GetRunningCommand" -> running(call);
      case "GetActivityState" -> call.ok(WireJson.mapper().valueToTree(unit.state()));
      case "GetActivityUsage" ->
          call.ok(
              WireJson.mapper()
                  .valueToTree(new ActivityUsage(unit.usage(), clock.instant().getEpochSecond())));
      default -> call.error(error("badRequest", "Unknown method: " + call.method()));
    }
  }

  private static String text(JsonNode body, String name, String other) {
    return body.path(name).asText(body.path(other).asText());
  }

  private void exec(BusCall call, JsonNode body) throws ExeException, JsonProcessingException {
    String batch = text(body, "batchId", "batch_id");
    JsonNode script = body.path("exeScript");
    List<ExeCommand> commands = new ArrayList<>();
    for (JsonNode command : script) {
      commands.add(WireJson.mapper().treeToValue(command, ExeCommand.class));
    }
    scripts.put(batch, script);
    unit.exec(batch, commands);
    call.ok(TextNode.valueOf(batch));
  }

  private void results(BusCall call, JsonNode body) throws ExeException {
    ExeBatch batch = unit.batch(text(body, "batchId", "batch_id"));
    Duration timeout = Duration.ofMillis((long) (body.path("timeout").asDouble(0) * 1000));
    JsonNode index = body.path("commandIndex");
    CompletableFuture<List<CommandResult>> results =
        index.isNumber() ? batch.results(timeout, index.asInt()) : batch.results(timeout);
    var unused =
        results.whenCompleteAsync(
            (done, problem) -> {
              if (problem == null) {
                call.ok(WireJson.mapper().valueToTree(done));
              } else {
                Throwable cause =
                    problem instanceof CompletionException ? problem.getCause() : problem;
                call.error(
                    cause instanceof ExeException known
                        ? error(known)
                        : error("service", String.valueOf(cause)));
              }
            },
            executor);
  }

  private void stream(BusCall call, String batch) throws ExeException {
    ExeBatch known = unit.batch(batch);
    JsonNode script = scripts.getOrDefault(batch, NullNode.getInstance());
    known.subscribe(
        new BatchListener() {
          @Override
          public void event(RuntimeEvent event) {
            call.item(tree(event, script));
          }

          @Override
          public void end() {
            call.end();
          }
        });
  }

  private static JsonNode tree(RuntimeEvent event, JsonNode script) {
    JsonNode tree = WireJson.mapper().valueToTree(event);
    if (tree.path("kind").path("started") instanceof ObjectNode started) {
      started.set("command", script.path(event.index()));
    }
    return tree;
  }

  private void running(BusCall call) {
    ExeCommand command = unit.command().orElse(null);
    if (command == null) {
      call.error(error("notFound", "no command is running"));
      return;
    }
    String name = command.getClass().getSimpleName();
    ObjectNode running = JsonNodeFactory.instance.objectNode();
    running.put("command", name);
    running.putNull("progress");
    if (command instanceof ExeCommand.Run run) {
      ArrayNode params = running.putArray("params").add(run.entryPoint());
      if (run.args() != null) {
        run.args().forEach(params::add);
      }
    } else {
      running.putNull("params");
    }
    call.ok(JsonNodeFactory.instance.arrayNode().add(running));
  }

  private static JsonNode error(ExeException problem) {
    return switch (problem.kind()) {
      case NOT_FOUND -> error("notFound", problem.text());
      case BAD_REQUEST -> error("badRequest", problem.text());
      case TIMEOUT -> TextNode.valueOf("timeout");
      case GONE -> error("service", problem.text());
    };
  }

  private static JsonNode error(String kind, String text) {
    return JsonNodeFactory.instance.objectNode().put(kind, text);
  }
}
