package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C, SIGTERM and kill -9 against a process of its own. */
@Timeout(240)
class InterruptionIT {
  @TempDir Path folder;
  private Path pids;

  @BeforeEach
  void writePipeline() throws IOException {
    pids = Files.createDirectory(folder.resolve("pids"));
    new Workspace(folder)
        .write(
            "slow.yaml",
            """
            version: 1
            name: slow
            params:
              pids: { description: Where each command leaves its process id. }
            split: { range: { to: 8, as: number } }
            run: |
              echo $$ > "$pids/$number"
              (sleep 300 & echo $! > "$pids/$number.child"; wait)
              echo "$number" > "$out"
            merge: concat
            output: result.txt
            """);
  }

  @Test
  void anAnswerThatCannotBeWrittenIsAFailure() throws Exception {
    Files.writeString(
        folder.resolve("value.yaml"),
        "version: 1\nname: v\nrun: echo 1 > \"$out\"\nmerge: value\n");
    Files.createSymbolicLink(folder.resolve("child.out"), Path.of("/dev/full"));
    try (var child = ChildJvm.start(folder, Map.of(), "run", "value.yaml")) {
      assertThat(child.waitForExit()).isEqualTo(1);
      assertThat(child.said("err")).contains("Could not write to standard output");
    }
  }

  @Test
  void controlCEndsInGoodOrder() throws Exception {
    endsInGoodOrder(List.of(), child -> child.signal("INT"));
  }

  @Test
  void stopEndsInGoodOrderWhatIsWatched() throws Exception {
    endsInGoodOrder(
        List.of(),
        child -> {
          var watching =
              CompletableFuture.supplyAsync(() -> new Workspace(folder).run("watch", "last"));

          var stopped = new Workspace(folder).run("stop", "last");

          assertThat(stopped.exitCode()).as(stopped.err()).isZero();
          assertThat(stopped.err()).contains("stopping: Interrupted.", "slow: ended after");
          assertThat(watching.join().exitCode()).isEqualTo(130);
          assertThat(watching.join().err()).contains("slow: ended after");
        });
  }

  /** SIGTERM, and twice: it signals its child and the whole process group, within a millisecond. */
  @Test
  void theProgramTimeoutEndsInGoodOrder() throws Exception {
    assumeThat(Path.of("/usr/bin/timeout")).exists();
    endsInGoodOrder(List.of("/usr/bin/timeout", "600"), child -> child.signal("TERM"));
  }

  @Test
  void killLeavesNoProcess() throws Exception {
    try (var child = start()) {
      var processes = processes(child);

      child.signal("KILL");

      assertThat(child.waitForExit()).isEqualTo(137);
      ChildJvm.await(
          "processes to end", () -> processes.stream().noneMatch(ProcessHandle::isAlive));
      assertThat(folder.resolve("result.txt")).doesNotExist();
    }
  }

  @Test
  void nodeServesAsAskedUntilControlC() throws Exception {
    try (var child =
        ChildJvm.start(
            folder,
            Map.of("YAGNA_AUTOCONF_APPKEY", "chosen"),
            "node --providers 3 --priced --persona crashing,mute-after-agreement --seed 7"
                .split(" "))) {
      ChildJvm.await("the node", () -> said(child).contains("YAGNA_APPKEY="));
      var lines = said(child).lines().toList();
      assertThat(lines).hasSize(2);
      assertThat(lines.get(1)).isEqualTo("YAGNA_APPKEY=chosen");
      var url = lines.get(0).substring("YAGNA_API_URL=".length());

      var scan = ask(url + "/market-api/v1/scan", BodyPublishers.ofString("{\"type\":\"offer\"}"));
      var offers = ask(url + "/market-api/v1/scan/" + scan.replace("\"", "") + "/events", null);
      assertThat(offers)
          .contains("\"local-1\"", "\"local-3\"", "2.777E-5")
          .doesNotContain("[0.0,0.0,0.0]", "\"local-4\"");

      child.signal("INT");
      assertThat(child.waitForExit()).isZero();
      assertThat(child.said("err"))
          .startsWith("local-1 is crashing.\nlocal-2 is mute after agreement.\n")
          .contains("Listening, with the seed 7. Ctrl-C ends it.");
    }
  }

  private static String ask(String url, @Nullable BodyPublisher body)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create(url)).header("Authorization", "Bearer chosen");
    if (body != null) {
      request.POST(body);
    }
    var answer =
        HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 201);
    return answer.body();
  }

  @Test
  void aKilledNodeLeavesNoFolder() throws Exception {
    var temporary = Files.createDirectory(folder.resolve("temporary"));
    var options = Map.of("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary);
    try (var child = ChildJvm.start(folder, options, "node", "--providers", "1")) {
      ChildJvm.await("the node", () -> said(child).contains("YAGNA_APPKEY="));
      assertThat(temporary).isNotEmptyDirectory();

      child.signal("KILL");

      assertThat(child.waitForExit()).isEqualTo(137);
      ChildJvm.await("its folder to go", () -> temporary.toFile().list().length == 0);
    }
  }

  @Test
  void controlCEndsASplitThatWaitsForItsCommand() throws Exception {
    try (var child = startSplitThatWaits()) {
      var processes = processes(child);

      child.signal("INT");

      assertThat(child.waitForExit()).isEqualTo(130);
      assertThat(child.said("err")).contains("Interrupted.");
      ChildJvm.await(
          "processes to end", () -> processes.stream().noneMatch(ProcessHandle::isAlive));
      assertThat(folder.resolve(".golem-pipeline")).doesNotExist();
    }
  }

  @Test
  void whatASplitThatWasKilledLeftGoesWithTheNextRunAndNotBefore() throws Exception {
    var workspace = new Workspace(folder);
    workspace.write(
        "other.yaml", "version: 1\nname: o\nrun: echo 1 > \"$out\"\noutput: other.txt\n");
    try (var child = startSplitThatWaits()) {
      assertThat(workspace.run("run", "other.yaml").exitCode()).isZero();
      assertThat(workspace.run("clean").out()).doesNotContain("killed");
      assertThat(ofTheSplit(workspace)).isTrue();

      child.signal("KILL");
      assertThat(child.waitForExit()).isEqualTo(137);
    }
    assertThat(ofTheSplit(workspace)).isTrue();
    assertThat(workspace.run("clean").out()).contains("left by 1 command that was killed.");
    assertThat(workspace.run("run", "other.yaml").exitCode()).isZero();
    assertThat(ofTheSplit(workspace)).isFalse();
  }

  private static boolean ofTheSplit(Workspace workspace) throws IOException {
    return workspace.files(".golem-pipeline/runs").keySet().stream()
        .anyMatch(file -> file.matches(".*/work/split-waits/.*/made"));
  }

  private ChildJvm startSplitThatWaits() throws IOException {
    Files.writeString(
        folder.resolve("waits.yaml"),
        """
        version: 1
        name: waits
        split: { command: 'echo 1 > "$outdir/made"; sleep 300 & echo $! > "%s/begun"; wait' }
        run: cat "$in" > "$out"
        merge: concat
        output: result.txt
        """
            .formatted(pids));
    var child = ChildJvm.start(folder, Map.of(), "run", "waits.yaml");
    ChildJvm.await("the command of the split", () -> !running().isEmpty());
    return child;
  }

  private interface Ending {
    void of(ChildJvm child) throws Exception;
  }

  private void endsInGoodOrder(List<String> starter, Ending ending) throws Exception {
    try (var child = start(starter)) {
      var processes = processes(child);

      ending.of(child);

      assertThat(child.waitForExit()).as(child.said("err")).isEqualTo(130);
      ChildJvm.await(
          "processes to end", () -> processes.stream().noneMatch(ProcessHandle::isAlive));
      assertThat(folder.resolve("result.txt")).doesNotExist();
      assertThat(child.said("err")).contains("slow: ended after");
      assertThat(child.said("out").lines().toList())
          .anyMatch(line -> line.contains("\"type\":\"agreement-terminated\""))
          .anyMatch(line -> line.contains("\"type\":\"allocation-released\""))
          .last()
          .asString()
          .contains("\"type\":\"run-finished\"", "\"exitCode\":130");
    }
  }

  private ChildJvm start() throws IOException {
    return start(List.of());
  }

  private ChildJvm start(List<String> starter) throws IOException {
    var child =
        ChildJvm.startBehind(
            starter, folder, Map.of(), "run", "slow.yaml", "--json", "-p", "pids=" + pids);
    ChildJvm.await("two commands to run", () -> running().size() >= 2);
    return child;
  }

  /** Every process that the run has started, by what the commands wrote and by descent. */
  private List<ProcessHandle> processes(ChildJvm child) {
    var written = running().stream().flatMap(pid -> ProcessHandle.of(pid).stream());
    var all = Stream.concat(written, child.descendants().stream()).distinct().toList();
    assertThat(all).isNotEmpty();
    return all;
  }

  private List<Long> running() {
    try (var files = Files.list(pids)) {
      return files
          .map(
              file -> {
                try {
                  return Files.readString(file).strip();
                } catch (IOException e) {
                  return "";
                }
              })
          .filter(text -> !text.isEmpty())
          .map(Long::valueOf)
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static String said(ChildJvm child) {
    try {
      return child.said("out");
    } catch (IOException e) {
      return "";
    }
  }
}
