package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.golempipeline.cli.terminal.ExitCodes;
import org.golempipeline.node.EmbeddedNode;
import org.golempipeline.node.NodeOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class RunIT {
  private static final String GOLEM = "budget: 1 GLM\nimage: golem/alpine:latest\n";

  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void open() {
    workspace = new Workspace(folder);
  }

  @Test
  void printsAValueAndNothingElseOnStandardOutput() throws IOException {
    workspace.write("input/a.txt", "1\n2\n3\n");
    workspace.write(
        "count.yaml",
        """
        version: 1
        name: count
        stages:
          lines:
            input: input/*.txt
            run: wc -l < "$in" | tr -d ' ' > "$out"
            merge: value
          doubled:
            needs: lines
            run: echo $((lines * 2)) > "$out"
            merge: value
        """);

    var ran = workspace.run("run", "count.yaml");

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(ran.out()).isEqualTo("6\n");
  }

  @Test
  void printsEveryEventAsJson() throws IOException {
    workspace.write("one.yaml", pipeline("echo one > \"$out\""));

    var ran = workspace.run("run", "one.yaml", "--json");

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    var types = new ArrayList<String>();
    for (var line : ran.lines()) {
      var event = new ObjectMapper().readTree(line);
      assertThat(event.get("seq").asInt()).isEqualTo(types.size());
      types.add(event.get("type").asText());
    }
    assertThat(types)
        .startsWith("run-started")
        .endsWith("run-finished")
        .contains("output-published");
  }

  @Test
  void aFailedRunNamesTheLogAndLeavesThePreviousResult() throws IOException {
    workspace.write("one.yaml", pipeline("echo one > \"$out\""));
    assertThat(workspace.run("run", "one.yaml").exitCode()).isZero();
    workspace.write("one.yaml", pipeline("echo a clue >&2; exit 3"));

    var ran = workspace.run("run", "one.yaml");

    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(1);
    assertThat(workspace.read("result.txt")).isEqualTo("one\n");
    assertThat(ran.err()).doesNotContain("\tat ");
    var log = ran.err().lines().filter(line -> line.startsWith("    log: ")).findFirst();
    assertThat(log).as(ran.err()).isPresent();
    assertThat(workspace.read(log.get().substring("    log: ".length()))).contains("a clue");
  }

  /** Five providers must have answered before it is sure that they do not agree. */
  @Test
  void oneWorkerHasAsManyProvidersAsAFragmentNeeds() throws IOException {
    workspace.write(
        "one.yaml", pipeline("date +%N > \"$out\"") + "verify: { copies: 2 }\nworkers: 1\n");
    var ran = workspace.run("run", "one.yaml");
    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(1);
    assertThat(ran.err()).contains("Every machine computes something else.");

    workspace.write(
        "one.yaml", pipeline("echo 1 > \"$out\"") + "verify: { copies: 6 }\nworkers: 1\n");
    assertThat(workspace.run("run", "one.yaml").exitCode()).isZero();
  }

  @Test
  void replacesAForeignFileOnlyWhenAsked() throws IOException {
    workspace.write("one.yaml", pipeline("echo one > \"$out\""));
    workspace.write("result.txt", "mine\n");

    var refused = workspace.run("run", "one.yaml");
    assertThat(refused.exitCode()).as(refused.err()).isEqualTo(2);
    assertThat(refused.err())
        .contains("`result.txt` exists and was not made by this pipeline. [Output.NoPlace]")
        .contains("--overwrite");
    assertThat(workspace.run("plan", "one.yaml")).isEqualTo(refused);
    // The file has no mistake, and a sample is not published.
    assertThat(workspace.run("check", "one.yaml").exitCode()).isZero();
    assertThat(workspace.run("check", "--laws", "one.yaml").exitCode()).isZero();
    assertThat(workspace.folder().resolve(".golem-pipeline/runs")).doesNotExist();
    assertThat(workspace.read("result.txt")).isEqualTo("mine\n");

    for (var command : List.of("plan", "run")) {
      assertThat(workspace.run(command, "one.yaml", "--overwrite").exitCode()).isZero();
    }
    assertThat(workspace.read("result.txt")).isEqualTo("one\n");
    for (var command : List.of("plan", "run")) {
      assertThat(workspace.run(command, "one.yaml").exitCode()).isZero();
    }
  }

  @Test
  void refusesLocalCommandsBeforeAnythingIsRented() throws IOException {
    var local =
        """
        accept: grep -q one "$in"
        verify: { audit: 100%, by: local }
        """;
    try (var node = daemon(2)) {
      on(node).write("one.yaml", pipeline("echo one > \"$out\"") + GOLEM + local);

      for (var command :
          List.of(
              List.of("run", "one.yaml", "--on", "golem"),
              List.of("run", "one.yaml"),
              List.of("plan", "one.yaml"),
              List.of("check", "one.yaml"),
              List.of("check", "one.yaml", "--laws"),
              List.of("rehearse", "one.yaml"))) {
        var words = new ArrayList<>(command);
        words.add("--no-local-commands");
        var ran = workspace.run(words.toArray(String[]::new));

        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCodes.USAGE);
        assertThat(ran.err().lines().filter(line -> line.contains("[Command.Local]")))
            .as(command.toString())
            .hasSize(2)
            .allMatch(line -> line.matches("one\\.yaml:\\d+:\\d+: error: .*"));
      }
      assertThat(workspace.folder().resolve(".golem-pipeline/runs")).doesNotExist();
      assertThat(workspace.run("run", "one.yaml").exitCode()).isZero();
    }
  }

  @Test
  void rentsPinsAndPaysOnGolem() throws IOException {
    try (var node = daemon(4)) {
      on(node).write("one.yaml", pipeline("echo one > \"$out\"") + GOLEM);

      var ran = workspace.run("run", "one.yaml", "--on", "golem", "--json");

      assertThat(ran.exitCode()).as(ran.err()).isZero();
      assertThat(workspace.read("result.txt")).isEqualTo("one\n");
      var lock = workspace.read("one.yaml.lock");
      assertThat(lock).contains("golem/alpine:latest");
      assertThat(ran.out()).contains("\"type\":\"invoice-accepted\"").doesNotContain("secret-key");
      var end = new ObjectMapper().readTree(ran.lines().get(ran.lines().size() - 1));
      assertThat(end.get("accepted").decimalValue()).isPositive().isLessThan(BigDecimal.ONE);

      workspace.with("GOLEM_REGISTRY_URL", "http://127.0.0.1:1");
      assertThat(workspace.run("run", "one.yaml", "--on", "golem").exitCode()).isZero();
      assertThat(workspace.read("one.yaml.lock")).isEqualTo(lock);
    }
  }

  @Test
  void whomItRentsFromIsListedBannedAndAllowed() throws IOException {
    try (var node = daemon(2)) {
      on(node).write("one.yaml", pipeline("echo one > \"$out\"") + GOLEM);
      assertThat(workspace.run("providers").err()).contains("yet");
      var first = providerOfAFreshRun();

      assertThat(workspace.run("providers").lines())
          .singleElement()
          .asString()
          .matches("local-\\d  " + first + "  1 run  1 done  .* each  0\\..* GLM  20\\d\\d-.*");
      assertThat(workspace.run("providers", "ban", first).exitCode()).isZero();
      assertThat(workspace.run("providers").out()).contains("; banned: by hand");

      var second = providerOfAFreshRun();
      assertThat(second).isNotEqualTo(first);
      var name = workspace.run("providers").lines().get(0).split(" ", 2)[0];
      assertThat(workspace.run("providers", "allow", first).exitCode()).isZero();
      assertThat(workspace.run("providers", "allow", first).exitCode()).isEqualTo(2);
      assertThat(workspace.run("providers", "ban", second).exitCode()).isZero();
      assertThat(providerOfAFreshRun()).isEqualTo(first);

      var listed = workspace.run("providers", "--json");
      assertThat(listed.lines()).hasSize(2);
      assertThat(listed.lines().get(0))
          .contains("\"id\":\"" + first, "\"runs\":2", "\"banned\":null");
      assertThat(listed.lines().get(1)).contains("\"id\":\"" + second, "\"banned\":\"by hand\"");
      var unknown = workspace.run("providers", "ban", name.substring(0, 5));
      assertThat(unknown.exitCode()).isEqualTo(2);
      assertThat(unknown.err()).contains("Did you mean `local-");
      var looked = workspace.run("providers", "market", "one.yaml", "--for", "2s");
      assertThat(looked.exitCode()).as(looked.err()).isZero();
      assertThat(looked.lines()).hasSize(2);
      assertThat(looked.lines().get(0)).contains(first, " GLM an hour of a thread");
      assertThat(looked.lines().get(1))
          .isEqualTo("2 offers, 1 of them for this pipeline; not those 1 excluded");
      var all = workspace.run("providers", "market", "one.yaml", "--for", "2s", "--json");
      assertThat(all.lines().get(1)).contains(second, "\"objections\":[\"excluded\"]");
      workspace.write("dear.yaml", workspace.read("one.yaml") + "resources: { threads: 65 }\n");
      var dear = workspace.run("providers", "market", "dear.yaml", "--for", "2s", "--all");
      assertThat(dear.lines().subList(0, 2)).anyMatch(line -> line.contains("excluded"));
      assertThat(dear.lines().get(3))
          .isEqualTo("of 5 workers wanted: 1 more with `resources: { threads: 64 }`");
      workspace.write(
          "list.yaml",
          workspace.read("one.yaml") + "golem: { providers: { deny: [far-*, '*-9'] } }\n");
      assertThat(workspace.run("providers", "market", "list.yaml", "--for", "2s").lines())
          .contains(
              "`golem.providers.deny`: `far-*` is none of the 2 providers that made an offer");
      assertThat(workspace.run("run", "list.yaml", "--on", "golem", "--fresh").err())
          .containsPattern("`golem.providers.deny`: `\\*-9` is none of the [12] providers?");
      var wrong = workspace.run("providers", "market", "one.yaml", "--for", "soon");
      assertThat(wrong.exitCode()).isEqualTo(2);
      var strange = workspace.run("providers", "ban", "../0x1");
      assertThat(strange.exitCode()).isEqualTo(2);
      assertThat(strange.err()).contains("No run has worked with a provider `../0x1`");
    }
  }

  @Test
  void whatEarlierRunsLetExpectIsComparedWithWhatWas() throws IOException {
    try (var node = daemon(2)) {
      on(node).write("one.yaml", pipeline("echo one > \"$out\"") + GOLEM);
      assertThat(workspace.run("run", "one.yaml", "--on", "golem").err())
          .doesNotContain("predicted");

      var again = workspace.run("run", "one.yaml", "--on", "golem", "--fresh");
      assertThat(again.exitCode()).as(again.err()).isZero();
      assertThat(again.err())
          .containsPattern("\n  predicted  \\S.* and \\S* ?GLM; was \\S.* and \\S+ GLM\n");

      var kept = workspace.run("run", "one.yaml", "--on", "golem");
      assertThat(kept.exitCode()).as(kept.err()).isZero();
      assertThat(kept.err()).doesNotContain("predicted");
    }
  }

  @Test
  void anEmptyMarketIsExplained() throws IOException {
    try (var node = daemon(0)) {
      on(node)
          .write(
              "one.yaml",
              pipeline("echo one > \"$out\"") + GOLEM + "resources: { capabilities: [gpu] }\n");

      var looked = workspace.run("providers", "market", "one.yaml", "--for", "2s");

      assertThat(looked.exitCode()).as(looked.err()).isZero();
      assertThat(looked.lines()).hasSize(3);
      assertThat(looked.lines().get(0)).startsWith("0 offers");
      assertThat(looked.lines().get(1))
          .startsWith("nobody was heard of in subnet `public` within 2s: ");
      assertThat(looked.lines().get(2))
          .isEqualTo("`gpu` is not the reason: who lacks it would be seen too");
    }
  }

  /** A daemon with so many providers. */
  private EmbeddedNode daemon(int providers) throws IOException {
    return EmbeddedNode.start(
        new NodeOptions(0, "secret-key", providers, folder.resolve("node"), 1, false));
  }

  private Workspace on(EmbeddedNode node) {
    return workspace
        .with("YAGNA_APPKEY", node.appKey())
        .with("YAGNA_API_URL", node.url().toString())
        .with("GOLEM_REGISTRY_URL", node.url().toString());
  }

  private String providerOfAFreshRun() throws IOException {
    var ran = workspace.run("run", "one.yaml", "--on", "golem", "--fresh", "--json");
    assertThat(ran.exitCode()).as(ran.err()).isZero();
    for (var line : ran.lines()) {
      var event = new ObjectMapper().readTree(line);
      if (event.get("type").asText().equals("rental-opened")) {
        return event.get("providerId").asText();
      }
    }
    throw new AssertionError(ran.out());
  }

  @Test
  void aBudgetTooSmallForOneFragmentStopsBeforeAnythingRuns() throws IOException {
    try (var node = daemon(4)) {
      on(node)
          .write(
              "one.yaml",
              pipeline("echo one > \"$out\"") + GOLEM.replace("1 GLM", "0.000000001 GLM"));

      var ran = workspace.run("run", "one.yaml", "--on", "golem");

      assertThat(ran.exitCode()).as(ran.err()).isEqualTo(3);
      assertThat(ran.err())
          .contains(
              "too expensive for what is left of the budget",
              " GLM to start and ",
              " with 1 thread busy, where at most 0.0000000005 GLM of the budget may go into a"
                  + " start and 0.000000001 GLM into both",
              "Raise `budget`;");
      assertThat(folder.resolve("result.txt")).doesNotExist();
    }
  }

  @Test
  void aFirstResultOfStrangersNeedsAccept() throws IOException {
    workspace
        .with("YAGNA_APPKEY", "key")
        .write(
            "one.yaml",
            pipeline("echo one > \"$out\"").replace("merge: concat\n", "")
                + "merge: first\n"
                + GOLEM);

    var ran = workspace.run("run", "one.yaml", "--on", "golem");

    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(2);
    assertThat(ran.err()).contains("accept");
  }

  @Test
  void refusesWhatTheNetworkWouldNotLetOut() throws IOException {
    workspace
        .with("YAGNA_APPKEY", "key")
        .write(
            "one.yaml",
            pipeline("echo one > \"$out\"") + GOLEM + "golem: { outbound: [example.org] }\n");

    for (var command : List.of("run", "plan")) {
      var ran = workspace.run(command, "one.yaml", "--on", "golem");
      assertThat(ran.exitCode()).as(ran.err()).isEqualTo(2);
      assertThat(ran.err()).contains("one.yaml:8:10: error: Providers", "[Golem.Outbound]");
    }
    var checked = workspace.run("check", "one.yaml");
    assertThat(checked.exitCode()).as(checked.err()).isZero();
    assertThat(checked.err()).contains("one.yaml:8:10: warning: Providers", "[Golem.Outbound]");
    assertThat(workspace.run("plan", "one.yaml").err()).isEmpty();
  }

  @Test
  void anAddressThatIsNoUrlIsSaidSo() throws IOException {
    workspace
        .with("YAGNA_APPKEY", "key")
        .write("one.yaml", pipeline("echo one > \"$out\"") + GOLEM);
    for (var address : List.of("registry", "//registry/x", "ftp://registry", "http:", "a b")) {
      for (var variable : List.of("GOLEM_REGISTRY_URL", "YAGNA_API_URL")) {
        workspace.with("YAGNA_API_URL", "http://127.0.0.1:9").with(variable, address);
        var ran = workspace.run("run", "one.yaml", "--on", "golem");
        assertThat(ran.exitCode()).as(variable + address + ran.err()).isEqualTo(4);
        assertThat(ran.err()).contains(variable).doesNotContain("\tat ");
      }
    }
  }

  @Test
  void saysThatThereIsNoDaemon() throws IOException {
    int free;
    try (var socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    workspace
        .with("YAGNA_APPKEY", "key")
        .with("YAGNA_API_URL", "http://127.0.0.1:" + free)
        .write(
            "one.yaml",
            pipeline("echo one > \"$out\"")
                + "budget: 1 GLM\nimage: { url: 'http://127.0.0.1/a.gvmi', hash: "
                + "a".repeat(56)
                + " }\n");

    var ran = workspace.run("run", "one.yaml", "--on", "golem");

    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(4);
    assertThat(ran.err()).contains("127.0.0.1:" + free).contains("yagna").doesNotContain("\tat ");
  }

  @Test
  void saysWhatIsInTheWayOfItsOwnFolder() throws IOException {
    workspace.write("one.yaml", pipeline("echo one > \"$out\""));
    workspace.write(".golem-pipeline", "");

    var ran = workspace.run("run", "one.yaml");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.err()).contains("Could not go on", ".golem-pipeline").doesNotContain("\tat ");
  }

  private static String pipeline(String run) {
    return """
        version: 1
        name: one
        run: %s
        merge: concat
        output: result.txt
        """
        .formatted(run.contains(": ") ? "|\n  " + run : run);
  }
}
