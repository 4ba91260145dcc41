package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.golempipeline.node.Requestor.ACTIVITY;
import static org.golempipeline.node.Requestor.deploy;
import static org.golempipeline.node.Requestor.run;
import static org.golempipeline.node.Requestor.sh;
import static org.golempipeline.node.Requestor.start;
import static org.golempipeline.node.Requestor.terminateCommand;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The inconvenient rules of activities and their scripts. */
class ActivityContractTest extends NodeTest {
  private String path(Requestor.Machine machine) {
    return ACTIVITY + "/" + machine.activity();
  }

  /** A command that ends when the file is there. */
  private static Map<String, Object> untilFile(Path file) {
    return sh("until [ -e '" + file + "' ]; do sleep 0.02; done");
  }

  @Test
  @Tag(NODE_ONLY)
  void answersInTheFormOfTheQuestion() {
    String agreement = requestor.agreement();
    JsonNode asObject =
        requestor.post(ACTIVITY, Map.of("agreementId", agreement)).expect(200).json();
    assertThat(asObject.get("activityId").asText()).matches("[0-9a-f]{32}");
    JsonNode asString = requestor.post(ACTIVITY, "\"" + agreement + "\"").expect(200).json();
    assertThat(asString.isTextual()).isTrue();
    assertThat(requestor.get(ACTIVITY + "?agreementId=" + agreement).json()).hasSize(2);
    assertThat(requestor.get(ACTIVITY + "/" + asString.asText() + "/agreement").json().asText())
        .isEqualTo(agreement);
  }

  @Test
  @Tag(NODE_ONLY)
  void needsAnApprovedAgreement() {
    String demand = requestor.subscribe();
    String agreement = requestor.createAgreement(requestor.draft(demand)).json().asText();
    requestor.post(ACTIVITY, Map.of("agreementId", agreement)).expect(400);
  }

  @Test
  void unknownActivitiesAreInternalErrors() {
    requestor.get(ACTIVITY + "/abc/state").expect(500);
    requestor.exec("abc", start()).expect(500);
    requestor.delete(ACTIVITY + "/abc").expect(500);
  }

  @Test
  void unknownBatchesAreNotFound() {
    Requestor.Machine machine = requestor.machine();
    requestor.results(machine.activity(), "nope", "").expect(404);
  }

  @Test
  void malformedScriptsAreBadRequests() {
    String activity = requestor.activity(requestor.agreement());
    String path = ACTIVITY + "/" + activity + "/exec";
    requestor.post(path, Map.of("text", "no json")).expect(400);
    requestor.post(path, Map.of("text", "[{\"fly\":{}}]")).expect(400);
    requestor.post(path, Map.of("text", "[{\"run\":{\"args\":[]}}]")).expect(400);
    requestor.post(path, Map.of()).expect(400);
  }

  @Test
  void deployAndStartComeFirstAndOnce() {
    String activity = requestor.activity(requestor.agreement());
    assertThat(requestor.state(activity)).isEqualTo("Initialized");
    assertThat(requestor.execute(activity, sh("true")).at("/0/message").asText())
        .contains("deploy() command is expected now");
    requestor.execute(activity, deploy("/golem/work"));
    assertThat(requestor.state(activity)).isEqualTo("Deployed");
    requestor.execute(activity, start());
    assertThat(requestor.state(activity)).isEqualTo("Ready");
    assertThat(requestor.execute(activity, start()).at("/0/result").asText()).isEqualTo("Error");
  }

  @Test
  @Tag(NODE_ONLY)
  void deployReportsRealFolders() throws Exception {
    String activity = requestor.activity(requestor.agreement());
    JsonNode result = requestor.execute(activity, deploy("/golem/work", "/data")).get(0);
    JsonNode report = Requestor.JSON.readTree(result.get("stdout").asText());
    assertThat(report.get("startMode").asText()).isEqualTo("blocking");
    assertThat(report.get("vols")).hasSize(2);
    for (JsonNode volume : report.get("vols")) {
      assertThat(Path.of(volume.get("path").asText()))
          .isDirectory()
          .startsWith(folder.toRealPath());
    }
  }

  @Test
  void volumesOutsideTheActivityAreRefused() {
    String activity = requestor.activity(requestor.agreement());
    for (String volume : List.of("/", "/../../x", "relative")) {
      assertThat(requestor.execute(activity, deploy(volume)).at("/0/result").asText())
          .isEqualTo("Error");
    }
  }

  @Test
  void firstFailureEndsTheBatch() {
    Requestor.Machine machine = requestor.machine();
    JsonNode results =
        requestor.execute(machine.activity(), sh("echo a"), sh("echo b >&2; exit 3"), sh("echo c"));
    assertThat(results).hasSize(2);
    assertThat(results.at("/0/isBatchFinished").asBoolean()).isFalse();
    assertThat(results.at("/1/isBatchFinished").asBoolean()).isTrue();
    assertThat(results.at("/1/stderr").asText()).isEqualTo("b\n");
    assertThat(results.at("/1/message").asText()).isEqualTo("ExeScript command exited with code 3");
  }

  @Test
  void aFailedBatchIsPolledToTheTimeout() {
    Requestor.Machine machine = requestor.machine();
    String batch =
        requestor.exec(machine.activity(), sh("exit 1"), sh("true")).expect(200).json().asText();
    requestor.results(machine.activity(), batch, "commandIndex=0&timeout=5").expect(200);
    long before = System.nanoTime();
    assertThat(requestor.results(machine.activity(), batch, "timeout=0.6").expect(200).json())
        .hasSize(1);
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(590));
    requestor.results(machine.activity(), batch, "commandIndex=1&timeout=0.1").expect(408);
  }

  @Test
  void pollingWithoutTimeoutDoesNotWait() {
    Requestor.Machine machine = requestor.machine();
    Path file = machine.folder().resolve("go");
    String batch = requestor.exec(machine.activity(), untilFile(file)).json().asText();
    assertThat(requestor.results(machine.activity(), batch, "").expect(200).text()).isEqualTo("[]");
  }

  @Test
  void commandIndexShowsOutputOfThatCommandOnly() {
    Requestor.Machine machine = requestor.machine();
    String batch =
        requestor
            .exec(machine.activity(), sh("echo a"), sh("echo b"), sh("echo c"))
            .json()
            .asText();
    requestor.results(machine.activity(), batch, "timeout=10").expect(200);
    JsonNode results =
        requestor.results(machine.activity(), batch, "timeout=5&commandIndex=1").json();
    assertThat(results).hasSize(2);
    assertThat(results.at("/0/stdout").isNull()).isTrue();
    assertThat(results.at("/1/stdout").asText()).isEqualTo("b\n");
    // A quirk of the daemon.
    assertThat(results.at("/1/isBatchFinished").asBoolean()).isTrue();
  }

  @Test
  void aSecondBatchIsBusy() throws Exception {
    Requestor.Machine machine = requestor.machine();
    Path file = machine.folder().resolve("go");
    String first = requestor.exec(machine.activity(), untilFile(file)).json().asText();
    JsonNode second = requestor.execute(machine.activity(), sh("true"), sh("true"));
    assertThat(second).hasSize(1);
    assertThat(second.at("/0/message").asText()).contains("Busy");
    Files.createFile(file);
    assertThat(requestor.results(machine.activity(), first, "timeout=10").json().at("/0/result"))
        .hasToString("\"Ok\"");
    assertThat(requestor.execute(machine.activity(), sh("true")).at("/0/result").asText())
        .isEqualTo("Ok");
  }

  @Test
  void terminateAloneStopsWhatRuns() {
    Requestor.Machine machine = requestor.machine();
    Path file = machine.folder().resolve("never");
    String first = requestor.exec(machine.activity(), untilFile(file), sh("true")).json().asText();
    requestor.execute(machine.activity(), terminateCommand());
    assertThat(requestor.state(machine.activity())).isEqualTo("Initialized");
    JsonNode stopped = requestor.results(machine.activity(), first, "timeout=0.1").json();
    assertThat(stopped).hasSize(1);
    assertThat(stopped.at("/0/result").asText()).isEqualTo("Error");
    JsonNode again = requestor.execute(machine.activity(), deploy("/golem/work"), start());
    assertThat(again.at("/1/result").asText()).isEqualTo("Ok");
    assertThat(again.at("/0/stdout").asText()).doesNotContain(machine.folder().toString());
  }

  @Test
  @Tag(NODE_ONLY)
  void aKilledCommandMayBeOk() {
    node.faults().provider(0, ProviderFault.SAYS_OK_WHEN_KILLED);
    node.faults().provider(1, ProviderFault.SAYS_OK_WHEN_KILLED);
    Requestor.Machine machine = requestor.machine();
    String first = requestor.exec(machine.activity(), sh("sleep 1000"), sh("true")).json().asText();
    requestor.execute(machine.activity(), terminateCommand());
    JsonNode stopped = requestor.results(machine.activity(), first, "timeout=0.1").json();
    assertThat(stopped.at("/0/result").asText()).isEqualTo("Ok");
    assertThat(stopped.at("/1/result").asText()).isEqualTo("Error");
  }

  @Test
  void withoutCaptureThereIsNoOutput() {
    Requestor.Machine machine = requestor.machine();
    JsonNode result =
        requestor.execute(machine.activity(), run(List.of("-c", "echo hidden"), Map.of())).get(0);
    assertThat(result.get("stdout").isNull()).isTrue();
    assertThat(result.get("stderr").isNull()).isTrue();
    assertThat(result.get("message").isNull()).isTrue();
  }

  @Test
  void capturesPartsAndBytes() {
    Requestor.Machine machine = requestor.machine();
    JsonNode result =
        requestor
            .execute(
                machine.activity(),
                run(
                    List.of("-c", "printf abcdef; printf xyz >&2"),
                    Map.of(
                        "stdout", Map.of("atEnd", Map.of("tail", 2, "format", "str")),
                        "stderr", Map.of("atEnd", Map.of("head", 2, "format", "bin")))))
            .get(0);
    assertThat(result.get("stdout").asText()).isEqualTo("ef");
    assertThat(result.get("stderr").toString()).isEqualTo("[120,121]");
  }

  @Test
  void muchOutputNeitherBlocksNorFillsTheMemory() {
    Requestor.Machine machine = requestor.machine();
    JsonNode result =
        requestor
            .execute(
                machine.activity(),
                run(
                    List.of("-c", "head -c 30000000 /dev/zero | tr '\\0' x; echo end >&2"),
                    Map.of(
                        "stdout", Map.of("atEnd", Map.of("tail", 5, "format", "str")),
                        "stderr", Map.of("atEnd", Map.of("format", "str")))))
            .get(0);
    assertThat(result.get("stdout").asText()).isEqualTo("xxxxx");
    assertThat(result.get("stderr").asText()).isEqualTo("end\n");
  }

  @Test
  void programsNeedAnAbsolutePath() {
    Requestor.Machine machine = requestor.machine();
    for (String program : List.of("sh", "/bin/does-not-exist")) {
      JsonNode result =
          requestor
              .execute(
                  machine.activity(),
                  Map.of("run", Map.of("entry_point", program, "args", List.of())))
              .get(0);
      assertThat(result.get("result").asText()).isEqualTo("Error");
      assertThat(result.get("message").asText()).contains("No such file");
    }
  }

  @Test
  void programsSeeASmallEnvironmentWithoutTheKey() {
    Requestor.Machine machine = requestor.machine();
    String environment =
        requestor
            .execute(machine.activity(), sh("env | cut -d= -f1 | sort; pwd"))
            .at("/0/stdout")
            .asText();
    List<String> names = new ArrayList<>(List.of(environment.split("\n")));
    assertThat(names.remove(names.size() - 1)).isEqualTo(machine.folder().toString());
    names.removeAll(List.of("_", "SHLVL", "OLDPWD"));
    assertThat(names).containsExactly("GOLEM_ACTIVITY", "HOME", "LANG", "PATH", "PWD");
  }

  @Test
  void streamsEvents() throws Exception {
    Requestor.Machine machine = requestor.machine();
    Path file = folder.resolve("go");
    String batch = helloAfter(machine, file);
    HttpResponse<Stream<String>> response = stream(machine, batch);
    assertThat(response.headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/event-stream");
    Files.createFile(file);
    List<String> lines = new ArrayList<>();
    CompletableFuture.runAsync(
            () -> {
              Iterator<String> all = response.body().iterator();
              while (lines.stream().noneMatch(line -> line.contains("\"finished\""))) {
                lines.add(all.next());
              }
            })
        .get(60, TimeUnit.SECONDS);
    assertThat(lines).contains("event: runtime");
    List<String> data =
        lines.stream()
            .filter(each -> each.startsWith("data: "))
            .map(each -> each.substring(6))
            .toList();
    JsonNode last = Requestor.JSON.readTree(data.get(data.size() - 1));
    assertThat(last.get("batch_id").asText()).isEqualTo(batch);
    assertThat(last.at("/kind/finished/return_code").asInt()).isEqualTo(2);
    assertThat(last.get("timestamp").asText()).doesNotContain("Z");
    assertThat(data.get(data.size() - 2)).contains("\"kind\":{\"stdout\":\"hello\\n\"}");
  }

  @Test
  @Tag(NODE_ONLY)
  void streamsEndByThemselves() throws Exception {
    Requestor.Machine machine = requestor.machine();
    Path file = Files.createFile(folder.resolve("go"));
    HttpResponse<Stream<String>> response = stream(machine, helloAfter(machine, file));
    assertThat(
            CompletableFuture.supplyAsync(() -> response.body().toList()).get(60, TimeUnit.SECONDS))
        .contains("event: runtime");
  }

  /** A script that fails after it has said hello, once the file is there. */
  private String helloAfter(Requestor.Machine machine, Path file) {
    Map<String, Object> stream = Map.of("stdout", Map.of("stream", Map.of("format", "str")));
    String hello = "until [ -e '" + file + "' ]; do sleep 0.02; done; echo hello; exit 2";
    return requestor
        .exec(machine.activity(), run(List.of("-c", hello), stream), sh("true"))
        .json()
        .asText();
  }

  private HttpResponse<Stream<String>> stream(Requestor.Machine machine, String batch)
      throws Exception {
    return Requestor.HTTP
        .sendAsync(
            requestor
                .request(path(machine) + "/exec/" + batch)
                .setHeader("Accept", "text/event-stream")
                .build(),
            HttpResponse.BodyHandlers.ofLines())
        .get(60, TimeUnit.SECONDS);
  }

  @Test
  void onlyTheExactAcceptHeaderStreams() {
    Requestor.Machine machine = requestor.machine();
    String batch = requestor.exec(machine.activity(), sh("true")).json().asText();
    Requestor.Answer answer =
        requestor.send(
            requestor
                .request(path(machine) + "/exec/" + batch + "?timeout=5")
                .setHeader("Accept", "text/event-stream, */*"));
    assertThat(answer.type()).isEqualTo("application/json");
    assertThat(answer.json()).hasSize(1);
  }

  @Test
  @Tag(NODE_ONLY)
  void resultsGoWithTheActivity() throws Exception {
    Requestor.Machine machine = requestor.machine();
    String batch = requestor.exec(machine.activity(), sh("sleep 1000")).json().asText();
    CompletableFuture<Requestor.Answer> poll =
        requestor.getLater(path(machine) + "/exec/" + batch + "?timeout=20");
    assertThat(requestor.delete(path(machine) + "?timeout=10").expect(200).text())
        .isEqualTo("null");
    assertThat(poll.get(120, TimeUnit.SECONDS).expect(500).text())
        .contains("GSB error")
        .contains("endpoint address not found");
    assertThat(requestor.state(machine.activity())).isEqualTo("Terminated");
    requestor.get(path(machine) + "/usage").expect(200);
    requestor.delete(path(machine)).expect(200);
    requestor.exec(machine.activity(), sh("true")).expect(500);
  }

  @Test
  void usageGrowsInTheOrderOfTheVector() {
    Requestor.Machine machine = requestor.machine();
    requestor.execute(
        machine.activity(), sh("i=0; while [ $i -lt 200000 ]; do i=$((i + 1)); done"));
    // An exe-unit reports what it used once a second.
    boolean counts = Files.exists(Path.of("/proc/self/stat"));
    Waiting.until(() -> used(machine, 1) > 0 && (!counts || used(machine, 0) > 0));
    JsonNode usage = requestor.get(path(machine) + "/usage").expect(200).json();
    assertThat(usage.get("timestamp").isIntegralNumber()).isTrue();
  }

  private double used(Requestor.Machine machine, int counter) {
    JsonNode usage = requestor.get(path(machine) + "/usage").expect(200).json();
    return usage.at("/currentUsage/" + counter).asDouble();
  }

  @Test
  void commandsFindVolumesUnderTheNamesTheyHaveInTheImage() throws Exception {
    Requestor.Machine machine = requestor.machine();
    Files.writeString(machine.folder().resolve("a b"), "text");
    Map<String, Object> capture = Map.of("stdout", Map.of("atEnd", Map.of("format", "str")));

    JsonNode results =
        requestor.execute(
            machine.activity(),
            sh("cd /golem/work && cat '/golem/work/a b' \"/golem/work/a b\" </golem/work/a\\ b"),
            run(List.of("-c", "cat \"$1\"", "sh", "/golem/work/a b"), capture),
            sh("v=v; echo /golem/workers é/golem/work $v/golem/work $(echo $v)/golem/work"),
            sh(
                "printf '#!/bin/sh\\necho \"ran $1\"\\n' > /golem/work/program"
                    + " && chmod +x /golem/work/program"),
            Map.of(
                "run",
                Map.of(
                    "entry_point",
                    "/golem/work/program",
                    "args",
                    List.of("/golem/work"),
                    "capture",
                    capture)));

    assertThat(results).extracting(each -> each.get("result").asText()).containsOnly("Ok");
    assertThat(results)
        .extracting(each -> each.get("stdout").asText())
        .containsExactly(
            "texttext",
            "text",
            "/golem/workers é/golem/work v/golem/work v/golem/work\n",
            "null",
            "ran " + machine.folder() + "\n");
  }

  @Test
  void commandsFindVolumesThatTransfersDoNotReach() {
    String activity = requestor.activity(requestor.agreement());
    Map<String, Object> deploy =
        Map.of("deploy", Map.of("volumes", Map.of("/data/", Map.of("ram", Map.of("size", "1g")))));

    JsonNode results =
        requestor.execute(activity, deploy, start(), sh("echo text > /data/x && cat /data/x"));

    assertThat(results.get(2).get("stdout").asText()).isEqualTo("text\n");
  }
}
