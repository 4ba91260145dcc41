package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.golempipeline.node.EmbeddedNode;
import org.golempipeline.node.EndpointFault;
import org.golempipeline.node.NodeOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class DoctorCommandTest {
  private static final String KEY = "a-secret-key";
  private static final String PIPELINE =
      """
      version: 1
      name: p
      image: golem/alpine:latest
      run: echo one > "$out"
      merge: concat
      output: result.txt
      """;

  @TempDir Path folder;
  @TempDir Path elsewhere;
  private EmbeddedNode node;
  private Workspace workspace;

  @BeforeEach
  void start() throws IOException {
    node = EmbeddedNode.start(new NodeOptions(0, KEY, 3, elsewhere.resolve("node"), 7, false));
    workspace =
        new Workspace(folder)
            .with("PATH", System.getenv("PATH"))
            .with("YAGNA_APPKEY", KEY)
            .with("YAGNA_API_URL", node.url().toString())
            .with("GOLEM_REGISTRY_URL", node.url().toString());
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void allIsWellAndNothingIsLeft() {
    var ran = workspace.run("doctor");

    assertThat(ran.exitCode()).as(ran.out()).isZero();
    assertThat(ran.err()).isEmpty();
    assertThat(ran.lines())
        // Some machines permit no images, and on some another test was just killed.
        .filteredOn(line -> !line.matches(".* (images|scratch) .*|   cure:.*"))
        .extracting(line -> line.substring(0, 18).strip().replaceAll(" +", " "))
        .containsExactly(
            "ok java",
            "ok shell",
            "ok temporary",
            "ok folder",
            "ok fragment",
            "ok leftovers",
            "ok cache");
    assertThat(ran.lines())
        .filteredOn(line -> line.contains(" fragment "))
        .singleElement()
        .asString()
        .contains("two fragments ran here");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void printsAnObjectForEachCheck() throws IOException {
    workspace.write("p.yaml", PIPELINE);

    var ran = workspace.run("doctor", "p.yaml", "--json");

    assertThat(ran.exitCode()).as(ran.out()).isZero();
    for (var line : ran.lines()) {
      assertThat(new ObjectMapper().readTree(line).fieldNames())
          .toIterable()
          .containsExactly("check", "state", "message", "cure");
    }
    assertThat(ran.lines()).hasSize(10);
  }

  @Test
  void whatKilledCommandsLeftIsRemovedIfAskedForAndNothingElse() throws IOException {
    workspace.with("XDG_CACHE_HOME", folder.resolve("cache").toString());
    workspace.write("kept.txt", "x");
    workspace.write(".golem-pipeline/plans/dead/work/slice", "of a plan");
    workspace.write("cache/golem-pipeline/images/scratch-dead/layer", "of an image");
    var before = workspace.files("");

    var said = workspace.run("doctor");
    assertThat(said.exitCode()).as(said.out()).isZero();
    assertThat(said.out())
        .containsPattern("warning  scratch   .* of commands that were killed lies about.\n")
        .contains("cure: `golem-pipeline doctor --fix` removes it.\n");
    assertThat(workspace.files("")).isEqualTo(before);

    assertThat(workspace.run("doctor", "--fix").out())
        .containsPattern("ok       scratch   removed .* of commands that were killed\n");
    assertThat(workspace.files("").keySet()).containsExactly("kept.txt");
    assertThat(workspace.run("doctor", "--fix").exitCode()).isZero();
    assertThat(workspace.files("").keySet()).containsExactly("kept.txt");
  }

  @Test
  void looksAtTheFolderThatTheUserNamesForTemporaryFiles() {
    var ran = workspace.with("TMPDIR", "gone").run("doctor");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.out())
        .contains("/gone`, where temporary files go, does not exist.", "doctor --fix` makes it");
    assertThat(workspace.with("TMPDIR", "").run("doctor").exitCode()).isZero();
  }

  @Test
  void earlierResultsAreCountedAndKept() throws IOException {
    workspace.write("p.yaml", PIPELINE);
    assertThat(workspace.run("run", "p.yaml").exitCode()).isZero();
    var before = workspace.files("");

    assertThat(found("doctor", "p.yaml").get("cache").get("message").asText())
        .endsWith(" of earlier results")
        .doesNotStartWith("0 B");
    assertThat(workspace.files("")).isEqualTo(before);
  }

  @Test
  void aFolderThatCannotBeWrittenIsSaidOnce() throws IOException {
    workspace.write(".golem-pipeline", "");

    var ran = workspace.run("doctor");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.lines())
        .anyMatch(line -> line.matches("problem +folder .*\\.golem-pipeline/doctor`: .*"))
        .noneMatch(line -> line.matches("\\w+ +fragment .*"))
        .satisfiesOnlyOnce(line -> assertThat(line).contains("cure: Check its permissions"));
    assertThat(ran.out()).doesNotContain("Exception");
  }

  @Test
  void whatDeadRunsLeftIsAProblemWithItsCure() throws IOException {
    workspace.write(
        ".golem-pipeline/runs/20260101-000000-abcdef/journal.ndjson",
        """
        {"seq":0,"at":"2026-01-01T00:00:00Z","type":"run-started","runId":"r","pipeline":"p",\
        "file":"p.yaml","target":"golem","sessionId":"s","workers":1,"stages":["p"]}
        {"seq":1,"at":"2026-01-01T00:00:00Z","type":"allocation-requested","amount":1,\
        "timeout":"2026-01-01T05:00:00Z","platform":"erc20-hoodi-tglm"}
        """);

    var ran = workspace.run("doctor");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.out())
        .contains("Run 20260101-000000-abcdef left things on the network")
        .contains("`golem-pipeline settle --all --in " + folder);
  }

  @Test
  void mistakesOfTheFileAreCounted() throws IOException {
    workspace.write("wrong.yaml", PIPELINE.replace("merge:", "mrege:").replace("run:", "rnu:"));
    workspace.write("asks.yaml", PIPELINE + "params: { word: { description: Needed. } }\n");

    assertThat(workspace.run("doctor", "wrong.yaml"))
        .returns(1, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::out)
        .asString()
        .contains("`wrong.yaml` has ", "`golem-pipeline check wrong.yaml` shows them.");
    assertThat(found("doctor", "asks.yaml").get("file").get("state").asText()).isEqualTo("ok");
    assertThat(workspace.run("doctor", "absent.yaml").exitCode()).isEqualTo(2);
    assertThat(workspace.run("doctor", "--on", "moon").exitCode()).isEqualTo(2);
  }

  @Test
  void theNetworkIsLookedAtOnlyWhenItIsNamed() {
    node.close();

    assertThat(workspace.run("doctor").exitCode()).isZero();
  }

  @Test
  void theDaemonIsAskedAndNothingStaysReservedOrIsPublished() throws Exception {
    var found = found("doctor", "--on", "golem");

    assertThat(found.keySet())
        .containsExactly(
            ("java shell temporary images scratch folder fragment leftovers cache "
                    + "app-key daemon clock identity payment reserved market registry")
                .split(" "));
    assertThat(found.values()).allMatch(each -> each.get("state").asText().equals("ok"));
    assertThat(message(found, "daemon")).contains("0.17.6", node.url().toString());
    assertThat(message(found, "identity")).containsPattern("0x[0-9a-f]{40}");
    assertThat(message(found, "payment")).contains("erc20-hoodi-tglm", "the API does not");
    assertThat(message(found, "market")).isEqualTo("offers of 3 providers in subnet `public`");
    assertThat(message(found, "registry")).contains("golem/alpine:latest");
    assertThat(send("GET", "/payment-api/v1/allocations", "")).isEqualTo("[]");
    assertThat(send("GET", "/market-api/v1/demands", "")).isEqualTo("[]");
    assertThat(send("GET", "/market-api/v1/agreements", "")).isEqualTo("[]");
    assertThat(workspace.run("doctor", "--on", "golem").out()).doesNotContain(KEY);
  }

  @Test
  void theTermsOfTheFileCount() throws IOException {
    workspace.write("p.yaml", PIPELINE + "golem: { network: polygon, subnet: nowhere }\n");

    var ran = workspace.run("doctor", "p.yaml", "--on", "golem", "--json");

    var found = found(ran);
    assertThat(ran.exitCode()).as("a warning").isZero();
    assertThat(message(found, "payment")).contains("erc20-polygon-glm");
    assertThat(message(found, "market")).contains("No provider in subnet `nowhere`");
    assertThat(found.get("market").get("state").asText()).isEqualTo("warning");
  }

  @Test
  void aPlatformThatNothingCanBeReservedOnIsAProblem() throws IOException {
    workspace.write("p.yaml", PIPELINE + "golem: { network: polygon }\n");
    node.faults()
        .endpoint("POST", "/payment-api/v1/allocations", EndpointFault.INTERNAL_ERROR, 9, 1);

    var ran = workspace.run("doctor", "p.yaml", "--on", "golem");

    assertThat(ran.exitCode()).isEqualTo(4);
    assertThat(ran.out()).contains("Could not allocate 0.000001 GLM").contains("`yagna payment");
  }

  @Test
  void whatIsReservedIsSaid() throws Exception {
    send(
        "POST",
        "/payment-api/v1/allocations",
        "{\"totalAmount\":\"1.50\",\"paymentPlatform\":\"erc20-hoodi-tglm\"}");

    var reserved = found("doctor", "--on", "golem").get("reserved");

    assertThat(reserved.get("state").asText()).isEqualTo("warning");
    assertThat(reserved.get("message").asText())
        .isEqualTo("1 allocation of this key keeps 1.5 GLM reserved.");
  }

  @Test
  void withoutAKeyTheRestIsStillLookedAt() throws IOException {
    workspace.with("YAGNA_APPKEY", "");

    var found = found("doctor", "--on", "golem");

    assertThat(message(found, "app-key")).contains("`YAGNA_APPKEY` is not set");
    assertThat(found.get("daemon").get("state").asText()).isEqualTo("ok");
    assertThat(found).doesNotContainKeys("identity", "payment", "market").containsKey("registry");
    assertThat(workspace.run("doctor", "--on", "golem").exitCode()).isEqualTo(4);
  }

  @Test
  void aKeyIsNeverShownHoweverBadItIs() throws IOException {
    for (var bad : new String[] {"hidden-key", "hidden key", "hidden-key\n", "hidden-kéy"}) {
      var ran = workspace.with("YAGNA_APPKEY", bad).run("doctor", "--on", "golem");
      assertThat(ran.exitCode()).as(ran.out()).isEqualTo(4);
      assertThat(ran.out() + ran.err()).doesNotContain("hidden").contains("`yagna app-key list`");
    }
    workspace.write("p.yaml", PIPELINE + "budget: 1 GLM\n");
    var ran = workspace.with("YAGNA_APPKEY", "hidden\nkey").run("run", "p.yaml", "--on", "golem");
    assertThat(ran.exitCode()).isEqualTo(4);
    assertThat(ran.err()).contains("`YAGNA_APPKEY` holds").doesNotContain("hidden");
  }

  @Test
  void nobodyListens() throws IOException {
    int free;
    try (var socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }

    assertDaemonProblem("http://127.0.0.1:" + free, "no yagna daemon answers", "service run");
  }

  @Test
  void somebodyListensAndNeverAnswers() throws IOException {
    try (var silent = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
      assertDaemonProblem(
          "http://127.0.0.1:" + silent.getLocalPort(), "said nothing for 5 s", "Restart");
    }
  }

  @Test
  void somethingElseListens() throws IOException {
    try (var web = new FakeWeb(200, "<html><body>Welcome to nginx</body></html>")) {
      assertDaemonProblem(web.url(), "is no yagna daemon", "YAGNA_API_URL");
    }
    try (var web = new FakeWeb(404, "<html><body>Not found</body></html>")) {
      assertDaemonProblem(web.url(), "it answers HTTP 404", "YAGNA_API_URL");
    }
  }

  @Test
  void theAddressIsNone() throws IOException {
    for (var wrong : new String[] {"localhost:7465", "127.0.0.1:7465", "no url", "ftp://x"}) {
      assertDaemonProblem(wrong, "`YAGNA_API_URL` is `" + wrong, "http://127.0.0.1:7465");
    }
  }

  private void assertDaemonProblem(String url, String message, String cure) throws IOException {
    var ran = workspace.with("YAGNA_API_URL", url).run("doctor", "--on", "golem", "--json");
    assertThat(ran.exitCode()).as(ran.out()).isEqualTo(4);
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out()).doesNotContain("<html", "Exception", KEY);
    var found = found(ran);
    assertThat(found.get("daemon").get("state").asText()).isEqualTo("problem");
    assertThat(message(found, "daemon")).contains(message);
    assertThat(found.get("daemon").get("cure").asText()).contains(cure);
    assertThat(found).doesNotContainKeys("clock", "identity", "payment", "reserved", "market");
  }

  @Test
  void anImageThatTheRegistryLacksIsNoProblemOfTheNetwork() throws IOException {
    workspace.write("p.yaml", PIPELINE);
    try (var registry = new FakeWeb(404, "Image not found")) {
      workspace.with("GOLEM_REGISTRY_URL", registry.url());

      var ran = workspace.run("doctor", "p.yaml", "--on", "golem");
      assertThat(ran.exitCode()).isEqualTo(1);
      assertThat(ran.out())
          .contains("does not know the image `golem/alpine:latest`: Image not found.");
      // Without a file, any answer shows that it is there.
      assertThat(message(found("doctor", "--on", "golem"), "registry")).isEqualTo("answers");
    }
  }

  @Test
  void aRegistryIsAskedOnlyIfTheFileNeedsIt() throws IOException {
    workspace.with("GOLEM_REGISTRY_URL", "http://127.0.0.1:1");
    workspace.write("p.yaml", PIPELINE);
    workspace.write("own.yaml", PIPELINE.replace("golem/alpine:latest", "./own.gvmi"));

    assertThat(workspace.run("doctor", "p.yaml", "--on", "golem").exitCode()).isEqualTo(4);
    assertThat(found("doctor", "own.yaml", "--on", "golem")).doesNotContainKey("registry");
    assertThat(workspace.run("doctor", "own.yaml", "--on", "golem").exitCode()).isZero();
  }

  private static String message(Map<String, JsonNode> found, String check) {
    return found.get(check).get("message").asText();
  }

  /** What a call says with {@code --json}, by check. */
  private Map<String, JsonNode> found(String... arguments) throws IOException {
    var words = Arrays.copyOf(arguments, arguments.length + 1);
    words[arguments.length] = "--json";
    return found(workspace.run(words));
  }

  private static Map<String, JsonNode> found(Workspace.Ran ran) throws IOException {
    var found = new LinkedHashMap<String, JsonNode>();
    for (var line : ran.lines()) {
      var json = new ObjectMapper().readTree(line);
      found.put(json.get("check").asText(), json);
    }
    return found;
  }

  private String send(String method, String path, String body) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(node.url() + path))
            .header("Authorization", "Bearer " + KEY)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    return HttpClient.newHttpClient()
        .send(request.build(), HttpResponse.BodyHandlers.ofString())
        .body()
        .strip();
  }
}
