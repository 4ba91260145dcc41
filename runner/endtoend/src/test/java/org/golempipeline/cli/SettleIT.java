package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.golempipeline.node.EmbeddedNode;
import org.golempipeline.node.NodeOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run on the network whose process is killed, and what a user does then. */
@Timeout(240)
class SettleIT {
  private static final String PIPELINE =
      """
      version: 1
      name: slow
      image: { url: "http://127.0.0.1:9/none.gvmi", hash: %s }
      params: { done: a }
      split: { range: { to: 4, as: number } }
      run: |
        : > "$done/$number"
        while [ ! -e "$done/go" ]; do sleep 0.1; done
        echo "$number" > "$out"
      merge: concat
      output: result.txt
      budget: 1 GLM
      workers: 2
      """
          .formatted("ab".repeat(28));

  @TempDir Path folder;
  private Path marks;
  private EmbeddedNode node;
  private Workspace workspace;

  @BeforeEach
  void start() throws IOException {
    node = EmbeddedNode.start(new NodeOptions(0, "key", 4, folder.resolve("node"), 7, false));
    marks = Files.createDirectory(folder.resolve("marks"));
    workspace =
        new Workspace(folder)
            .with("YAGNA_APPKEY", node.appKey())
            .with("YAGNA_API_URL", node.url().toString());
    workspace.write("slow.yaml", PIPELINE);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void whatAKilledRunLeavesIsSettled() throws Exception {
    try (var child =
        ChildJvm.start(
            folder,
            Map.of("YAGNA_APPKEY", node.appKey(), "YAGNA_API_URL", node.url().toString()),
            "run",
            "slow.yaml",
            "--on",
            "golem",
            "-p",
            "done=" + marks)) {
      ChildJvm.await("commands to run", () -> marked() > 0);
      assertThat(workspace.run("runs").out()).contains("still running");
      assertThat(workspace.run("settle", "last").exitCode()).isEqualTo(2);

      child.signal("KILL");
      assertThat(child.waitForExit()).isEqualTo(137);
    }
    assertThat(approved()).isNotEqualTo("[]");
    assertThat(workspace.run("runs").out()).contains("not finished; to be settled");
    var asked = workspace.run("settle");
    assertThat(asked.exitCode()).isEqualTo(2);
    assertThat(asked.err()).contains("left something behind");

    var settled = workspace.run("settle", "last");

    assertThat(settled.exitCode()).as(settled.out() + settled.err()).isZero();
    assertThat(settled.lines())
        .anyMatch(line -> line.matches(".*: activity \\S+ ended"))
        .anyMatch(line -> line.matches(".*: agreement \\S+ ended"))
        .anyMatch(line -> line.matches(".*: invoice \\S+ accepted: .* GLM"))
        .anyMatch(line -> line.matches(".*: allocation \\S+ released"))
        .last()
        .asString()
        .matches(".*: settled, 0\\.\\d+ GLM accepted in all");
    assertThat(approved()).isEqualTo("[]");
    assertThat(get("/payment-api/v1/allocations")).isEqualTo("[]");
    assertThat(get("/payment-api/v1/invoices")).doesNotContain("RECEIVED");
    assertThat(workspace.run("settle", "--all").out()).isEqualTo("Nothing to settle.\n");
    assertThat(workspace.run("settle", "last").exitCode()).isZero();
    assertThat(workspace.run("runs").lines())
        .singleElement()
        .asString()
        .matches("\\S+ +slow .* 0\\.\\d+ GLM +- +not finished");
  }

  @Test
  void theNextRunSettlesWhatIsUnsettled() throws Exception {
    var id = "20260101-000000-abcdef";
    workspace.write(
        ".golem-pipeline/runs/" + id + "/journal.ndjson",
        """
        {"seq":0,"at":"2026-01-01T00:00:00Z","type":"run-started","runId":"%s","pipeline":"slow",\
        "file":"slow.yaml","target":"golem","sessionId":"s","workers":1,"stages":["slow"]}
        {"seq":1,"at":"2026-01-01T00:00:00Z","type":"allocation-requested","amount":1,\
        "timeout":"2026-01-01T05:00:00Z","platform":"erc20-hoodi-tglm"}
        {"seq":2,"at":"2026-0"""
            .formatted(id));
    Files.createFile(marks.resolve("go"));
    String[] run = {"run", "slow.yaml", "--on", "golem", "-p", "done=" + marks};

    var first = workspace.run(run);

    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(first.err())
        .contains("Run " + id + " had left things unsettled: 0 GLM accepted in all, now it is");
    assertThat(workspace.run(run).err()).doesNotContain("settle");
    assertThat(workspace.run("settle", "--all").out()).isEqualTo("Nothing to settle.\n");
  }

  @Test
  void theNextRunEndsWhatAKilledOneLeft() throws Exception {
    String[] run = {"run", "slow.yaml", "--on", "golem", "-p", "done=" + marks};
    try (var child =
        ChildJvm.start(
            folder,
            Map.of("YAGNA_APPKEY", node.appKey(), "YAGNA_API_URL", node.url().toString()),
            run)) {
      ChildJvm.await("commands to run", () -> marked() > 0);
      child.signal("KILL");
      assertThat(child.waitForExit()).isEqualTo(137);
    }
    Files.createFile(marks.resolve("go"));

    var second = workspace.run(run);

    assertThat(second.exitCode()).as(second.err()).isZero();
    assertThat(second.err()).containsPattern("agreements? ended, 0\\.\\d+ GLM accepted in all");
    assertThat(approved()).isEqualTo("[]");
    assertThat(get("/payment-api/v1/allocations")).isEqualTo("[]");
    assertThat(get("/payment-api/v1/invoices")).doesNotContain("RECEIVED");
  }

  private long marked() {
    try (Stream<Path> files = Files.list(marks)) {
      return files.count();
    } catch (IOException e) {
      return 0;
    }
  }

  private String approved() throws Exception {
    return get("/market-api/v1/agreements?state=Approved");
  }

  private String get(String path) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(node.url() + path))
            .header("Authorization", "Bearer " + node.appKey());
    return HttpClient.newHttpClient()
        .send(request.build(), HttpResponse.BodyHandlers.ofString())
        .body()
        .strip();
  }
}
