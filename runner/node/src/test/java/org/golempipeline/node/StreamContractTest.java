package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.golempipeline.node.Requestor.deploy;
import static org.golempipeline.node.Requestor.run;
import static org.golempipeline.node.Requestor.sh;
import static org.golempipeline.node.Requestor.start;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams of a batch's events: each tells all, from the first event to the last. */
class StreamContractTest extends NodeTest {
  private static final Map<String, Object> STREAM =
      Map.of(
          "stdout",
          Map.of("stream", Map.of("format", "str")),
          "stderr",
          Map.of("stream", Map.of("format", "str")));

  private String activity;

  @BeforeEach
  void startMachine() {
    activity = requestor.machine().activity();
  }

  private String exec(Object... commands) {
    return requestor.exec(activity, commands).expect(200).json().asText();
  }

  private void await(String batch, int index) {
    requestor.results(activity, batch, "timeout=20&commandIndex=" + index).expect(200);
  }

  private HttpRequest request(String batch) {
    return requestor
        .request(Requestor.ACTIVITY + "/" + activity + "/exec/" + batch)
        .setHeader("Accept", "text/event-stream")
        .build();
  }

  private List<JsonNode> events(String batch) throws IOException, InterruptedException {
    HttpResponse<String> response =
        Requestor.HTTP.send(request(batch), HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response
        .body()
        .lines()
        .filter(each -> each.startsWith("data: "))
        .map(this::kind)
        .toList();
  }

  private JsonNode kind(String line) {
    try {
      JsonNode event = Requestor.JSON.readTree(line.substring("data: ".length()));
      return Requestor.JSON
          .createObjectNode()
          .put("index", event.get("index").asInt())
          .setAll((com.fasterxml.jackson.databind.node.ObjectNode) event.get("kind"));
    } catch (JsonProcessingException e) {
      throw new AssertionError(line, e);
    }
  }

  private static List<String> names(List<JsonNode> events) {
    return events.stream()
        .map(
            each ->
                each.get("index").asInt()
                    + " "
                    + each.properties().stream().skip(1).findFirst().orElseThrow().getKey())
        .toList();
  }

  private static String output(List<JsonNode> events, String name) {
    StringBuilder text = new StringBuilder();
    events.forEach(each -> text.append(each.path(name).asText()));
    return text.toString();
  }

  @Test
  void whoComesAfterTheEndHearsItAll() throws Exception {
    String batch = exec(run(List.of("-c", "echo out; exit 0"), STREAM), sh("exit 3"), sh("true"));
    await(batch, 1);

    for (int i = 0; i < 2; i++) {
      List<JsonNode> events = events(batch);
      assertThat(names(events))
          .containsExactly("0 started", "0 stdout", "0 finished", "1 started", "1 finished");
      assertThat(events.get(1).get("stdout").asText()).isEqualTo("out\n");
      assertThat(events.get(4).at("/finished/return_code").asInt()).isEqualTo(3);
    }
  }

  @Test
  void whoReadsSlowlyMissesNothing() throws Exception {
    String batch =
        exec(run(List.of("-c", "seq 1 400000; seq 1 40000 >&2"), STREAM), sh("echo after"));
    HttpResponse<InputStream> slow =
        Requestor.HTTP.send(request(batch), HttpResponse.BodyHandlers.ofInputStream());
    // Nobody has read a byte of the other stream when all is over.
    await(batch, 1);
    List<JsonNode> late = events(batch);

    List<JsonNode> events = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(slow.body(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("data: ")) {
          events.add(kind(line));
        }
      }
    }
    StringBuilder expected = new StringBuilder();
    for (int i = 1; i <= 400_000; i++) {
      expected.append(i).append('\n');
    }
    assertThat(output(events, "stdout")).isEqualTo(expected.toString());
    assertThat(output(events, "stderr")).hasSize(228_894);
    assertThat(names(events)).startsWith("0 started").endsWith("1 started", "1 finished");
    assertThat(late).isEqualTo(events);
  }

  @Test
  void progressIsToldToWhoAsks() throws Exception {
    Map<String, Object> often = Map.of("updateInterval", "0ms");
    FilePeer source = FilePeer.serving(requestor, "in", new byte[100_000]);
    FilePeer sink = FilePeer.receiving(requestor, "out");
    String batch =
        exec(
            transfer(source.url, "container:/golem/work/x", often),
            transfer("container:/golem/work/x", sink.url, often),
            transfer("container:/golem/work/x", "container:/golem/work/y", Map.of()),
            Requestor.transfer("container:/golem/work/x", "container:/golem/work/z"));
    await(batch, 3);

    List<JsonNode> events = events(batch);

    for (int command = 0; command < 2; command++) {
      int index = command;
      assertThat(events)
          .filteredOn(each -> each.get("index").asInt() == index && each.has("progress"))
          .extracting(each -> each.get("progress").toString())
          .contains(progress(40_960), progress(81_920))
          .endsWith(progress(100_000));
    }
    assertThat(names(events))
        .endsWith("2 started", "2 progress", "2 finished", "3 started", "3 finished");
  }

  @Test
  void deploymentsReportToo() throws Exception {
    requestor.execute(activity, Requestor.terminateCommand());
    String batch = exec(Map.of("deploy", Map.of("progress", Map.of())), start());
    await(batch, 1);
    List<JsonNode> events = events(batch);
    assertThat(names(events))
        .containsExactly(
            "0 started", "0 progress", "0 stdout", "0 finished", "1 started", "1 finished");
    assertThat(events.get(1).at("/progress/message").asText())
        .isEqualTo("Deployed image from cache");

    requestor.execute(activity, Requestor.terminateCommand());
    String silent = exec(deploy("/golem/work"));
    await(silent, 0);
    assertThat(names(events(silent))).containsExactly("0 started", "0 stdout", "0 finished");
  }

  private static String progress(int bytes) {
    return "{\"step\":[0,1],\"message\":null,\"progress\":[%d,100000],\"unit\":\"Bytes\"}"
        .formatted(bytes);
  }

  private static Map<String, Object> transfer(
      String from, String to, Map<String, Object> progress) {
    return Map.of("transfer", Map.of("from", from, "to", to, "progress", progress));
  }

  @Test
  void endedActivitiesHaveNoStreams() throws Exception {
    String batch = exec(run(List.of("-c", "echo begun; sleep 600"), STREAM));
    HttpResponse<InputStream> open =
        Requestor.HTTP.send(request(batch), HttpResponse.BodyHandlers.ofInputStream());
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(open.body(), StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      while (!line.contains("begun")) {
        line = lines.readLine();
      }
      requestor.delete(Requestor.ACTIVITY + "/" + activity).expect(200);
      while (line != null) {
        line = lines.readLine();
        assertThat(line == null || !line.contains("finished")).isTrue();
      }
    }
    assertThat(
            Requestor.HTTP
                .send(request(batch), HttpResponse.BodyHandlers.discarding())
                .statusCode())
        .isEqualTo(500);
  }
}
