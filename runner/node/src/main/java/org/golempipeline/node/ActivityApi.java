package org.golempipeline.node;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.golempipeline.exeunit.ExeBatch;
import org.golempipeline.golem.wire.ExeCommand;
import org.golempipeline.golem.wire.ExecRequest;
import org.jspecify.annotations.Nullable;

/** The endpoints below {@code /activity-api/v1}. */
final class ActivityApi {
  private static final String ROOT = "/activity-api/v1/activity";
  private static final String ONE = ROOT + "/{activity}";

  private final Activities activities;
  private final Agreements agreements;

  ActivityApi(Activities activities, Agreements agreements) {
    this.activities = activities;
    this.agreements = agreements;
  }

  void addTo(Routes routes) {
    routes.late("POST", ROOT, this::create);
    routes.get(ROOT, call -> Reply.json(200, activities.ofAgreement(call.query("agreementId"))));
    routes.get(
        ONE + "/agreement",
        call -> Reply.json(200, activities.get(call.path("activity")).agreement.id));
    routes.late(
        "GET",
        ONE + "/state",
        call ->
            activities.ask(
                call.path("activity"),
                call.timeout(5),
                activity -> Reply.json(200, activity.unit.state())));
    routes.late(
        "GET",
        ONE + "/usage",
        call -> activities.ask(call.path("activity"), call.timeout(5), activities::usage));
    routes.late(
        "GET",
        ONE + "/command",
        call -> activities.ask(call.path("activity"), call.timeout(5), ActivityApi::command));
    routes.late("POST", ONE + "/exec", this::execute);
    routes.late("DELETE", ONE, call -> activities.destroy(call.path("activity"), call.timeout(5)));
    routes.feed(ONE + "/exec/{batch}", "text/event-stream"::equals, this::events, this::results);
  }

  /** Who asks with an object is answered with one. */
  private CompletableFuture<Reply> create(Call call) {
    JsonNode body = call.json();
    JsonNode id = body.isObject() ? body.path("agreementId") : body;
    if (!id.isTextual()) {
      throw new ApiException(400, "Bad request: an agreement id is expected");
    }
    return activities.create(agreements.get(id.asText()), call.timeout(5), body.isObject());
  }

  private CompletableFuture<Reply> execute(Call call) {
    String text = call.body(ExecRequest.class).text();
    if (Call.lacks(text)) {
      throw new ApiException(400, "Json deserialize error: missing field `text`");
    }
    return activities.execute(call.path("activity"), call.timeout(5), text);
  }

  private static Reply command(Activity activity) {
    ExeCommand command = activity.unit.command().orElse(null);
    Map<String, @Nullable Object> answer = new HashMap<>();
    String name = command == null ? "none" : command.getClass().getSimpleName();
    answer.put("command", name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1));
    answer.put("progress", null);
    answer.put("params", command instanceof ExeCommand.Run run ? params(run) : null);
    return Reply.json(200, answer);
  }

  private static List<String> params(ExeCommand.Run run) {
    List<String> params = new ArrayList<>();
    params.add(run.entryPoint());
    if (run.args() != null) {
      params.addAll(run.args());
    }
    return params;
  }

  private CompletableFuture<Reply> results(Call call) {
    return activities.results(
        call.path("activity"),
        call.path("batch"),
        call.timeout(0),
        call.query("commandIndex") == null ? null : call.count("commandIndex", 0));
  }

  private Consumer<EventReader> events(Call call) {
    ExeBatch batch = activities.batch(call.path("activity"), call.path("batch"));
    return reader -> batch.subscribe(new EventStream(reader));
  }
}
