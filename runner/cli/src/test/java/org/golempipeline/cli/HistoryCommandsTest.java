package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class HistoryCommandsTest {
  private static final String OLD = "20260101-000000-aaaaaa";
  private static final String NEW = "20260102-000000-bbbbbb";

  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void writeRuns() throws IOException {
    workspace = new Workspace(folder);
    workspace.write("a b/words.yaml", "");
    workspace.write("a b/other.yaml", "");
    journal(
        OLD,
        "other.yaml",
        """
        {"seq":1,"at":"2026-01-01T00:00:05Z","type":"run-finished","exitCode":0,"fragmentsDone":1200,\
        "fragmentsFailed":0,"providers":2,"accepted":0.25,"milliseconds":5000}
        """);
    journal(
        NEW,
        "words.yaml",
        """
        {"seq":1,"at":"2026-01-02T00:00:01Z","type":"rental-opened","rental":0,"agreementId":"a",\
        "providerId":"0x1","providerName":"bri\\u001b[2Jck","threads":1,"startPrice":0,\
        "cpuSecondPrice":0,"envSecondPrice":0}
        {"seq":2,"at":"2026-01-02T00:00:01.123456789Z","type":"batch-started","batch":0,"rental":0,\
        "stage":"one","fragments":"0-2"}
        {"seq":3,"at":"2026-01-02T00:00:02.123456789Z","type":"batch-finished","batch":0,"done":"0","failed":[\
        {"fragment":1,"failure":{"kind":"COMMAND","message":"It exited with 3."},"exitCode":3,\
        "log":"logs/one/1.0.log"},\
        {"fragment":2,"failure":{"kind":"COMMAND","message":"It exited with 3."},"exitCode":3}],\
        "milliseconds":1000,"bytesSent":0,"bytesReceived":0}
        {"seq":4,"at":"2026-01-02T00:00:02Z","type":"fragment-failed","stage":"one","fragment":1,\
        "label":"one/1","attempts":1,"failure":{"kind":"COMMAND","message":"It exited with 3."},\
        "log":"logs/one/1.0.log"}
        {"seq":5,"at":"2026-01-02T00:00:05Z","type":"run-finished","exitCode":1,"failure":\
        {"kind":"COMMAND","message":"A fragment of `one` failed."},"fragmentsDone":1,\
        "fragmentsFailed":1,"providers":1,"accepted":0,"milliseconds":65000}
        """);
    workspace.write(
        runs(NEW) + "/logs/one/1.0.log",
        "first\r\nsecond \u001b[31mred\u0007\n50%\r100%\nünfinished");
  }

  @Test
  void aReportReplacesNothingButAReport() throws Exception {
    var file = workspace.write("a b/notes.html", "mine");
    var pipe = file.resolveSibling("pipe");
    new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
    for (var wrong : new String[] {"a b/notes.html", "a b", "a b/pipe", "no/such.html", ""}) {
      var ran = workspace.run("report", OLD, "--in", "a b", "--output", wrong);
      assertThat(ran.exitCode()).as(wrong).isEqualTo(2);
      assertThat(ran.err()).contains("hint:");
    }
    assertThat(Files.readString(file)).isEqualTo("mine");
    assertThat(Files.exists(pipe) && !Files.isRegularFile(pipe)).isTrue();
    assertThat(workspace.run("report", OLD, "--in", "a b", "--output", "a b/p.html").exitCode())
        .isZero();
    assertThat(workspace.run("report", NEW, "--in", "a b", "--output", "a b/p.html").exitCode())
        .isZero();
  }

  @Test
  void runsAreListedTheNewestFirst() {
    var ran = workspace.run("runs", "a b");

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.err()).isEmpty();
    assertThat(ran.lines()).hasSize(2);
    assertThat(ran.lines().get(0))
        .matches(
            NEW
                + "  other  2026-01-0\\d \\d\\d:\\d\\d  1 min 05 s  1 done, 1 failed  0 GLM     1  "
                + "failed: A fragment of `one` failed\\.");
    assertThat(ran.lines().get(1))
        .matches(
            OLD
                + "  other  20\\d\\d-\\d\\d-\\d\\d \\d\\d:\\d\\d  5.0 s       1,200 done        "
                + "0.25 GLM  0  done");
  }

  @Test
  void runsOfOneFileAreListedForTools() {
    var ran = workspace.run("runs", "a b/words.yaml", "--json");

    assertThat(ran.lines())
        .singleElement()
        .asString()
        .startsWith("{\"id\":\"" + NEW + "\",\"state\":\"failed\",")
        .contains("\"exitCode\":1", "\"message\":\"A fragment of `one` failed.\"");
  }

  @Test
  void aFolderWithoutRunsSaysSo() {
    assertThat(workspace.run("runs").err()).isEqualTo("No runs yet.\n");
    assertThat(workspace.run("runs").exitCode()).isZero();
    assertThat(workspace.run("runs", "nowhere").exitCode()).isEqualTo(2);
    assertThat(workspace.run("logs", "last").err())
        .startsWith("error: There are no runs in `.`.\n  hint: ");
  }

  @Test
  void failuresAreShownOnceWithTheirLogs() {
    var ran = workspace.run("logs", "last", "--in", "a b");

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.lines())
        .containsExactly(
            "1 fragment of stage `one` failed: It exited with 3.",
            "  fragment 1",
            "  log: a b/.golem-pipeline/runs/" + NEW + "/logs/one/1.0.log",
            "  | first",
            "  | second red\\x07",
            "  | 50%",
            "  | 100%",
            "  | ünfinished",
            "1 fragment of stage `one` failed at first, and not for good: It exited with 3.",
            "  fragment 2",
            "The run ended: A fragment of `one` failed.",
            "journal: a b/.golem-pipeline/runs/" + NEW + "/journal.ndjson");
  }

  @Test
  void aLogIsFoundFromEveryFolder() {
    for (var place :
        List.<List<String>>of(
            List.of(),
            List.of("--in", "."),
            List.of("--in", "words.yaml"),
            List.of("--in", "../a b"))) {
      var command = new ArrayList<>(List.of("logs", "last", "1"));
      command.addAll(place);
      var ran = new Workspace(folder.resolve("a b")).run(command.toArray(String[]::new));
      assertThat(ran.exitCode()).as(ran.err()).isZero();
      assertThat(ran.out())
          .contains("  log: .golem-pipeline/runs/" + NEW + "/logs/one/1.0.log\n  | first\n")
          .doesNotContain("is gone");
    }
  }

  @Test
  void aLogCannotSteerTheTerminal() {
    var ran = workspace.run("logs", "20260102", "1", "--in", "a b/words.yaml");

    assertThat(ran.lines())
        .containsExactly(
            "one/1, attempt 1 on bri\\x1b[2Jck, 2026-01-02T00:00:01Z, its script took 1.0 s:"
                + " exit code 3: It exited with 3.",
            "  log: a b/.golem-pipeline/runs/" + NEW + "/logs/one/1.0.log",
            "  | first",
            "  | second \\x1b[31mred\\x07",
            "  | 50%\\x0d100%",
            "  | ünfinished");
  }

  @Test
  void whatIsNotThereIsNamedWithItsNeighbour() {
    assertThat(workspace.run("logs", "20260102-000000-bbbbbx", "--in", "a b").err())
        .contains("There is no run `20260102-000000-bbbbbx`.", "Did you mean `" + NEW + "`?");
    assertThat(workspace.run("logs", "2026", "--in", "a b").err())
        .contains("`2026` is the beginning of 2 runs.");
    assertThat(workspace.run("logs", "../..", "--in", "a b").exitCode()).isEqualTo(2);
    assertThat(workspace.run("logs", "last", "9", "--in", "a b").err())
        .contains("No script of run " + NEW + " had a fragment 9.");
    assertThat(workspace.run("logs", "last", "1", "--stage", "two", "--in", "a b").err())
        .contains("of stage `two`");
  }

  @Test
  void nothingIsSettledThatWasNotOnTheNetwork() {
    var named = workspace.run("settle", "last", "--in", "a b");
    assertThat(named.exitCode()).isZero();
    assertThat(named.out()).contains("was not on the network");
    assertThat(workspace.run("settle", "--in", "a b").out()).isEqualTo("Nothing to settle.\n");
    assertThat(workspace.run("settle", "--limit", "soon").err()).contains("`--limit soon`");
    assertThat(workspace.run("settle", "last", "--all", "--in", "a b").exitCode()).isEqualTo(2);
  }

  private static String runs(String id) {
    return "a b/.golem-pipeline/runs/" + id;
  }

  private void journal(String id, String file, String events) throws IOException {
    workspace.write(
        runs(id) + "/journal.ndjson",
        """
        {"seq":0,"at":"%s","type":"run-started","runId":"%s","pipeline":"other","file":"%s",\
        "target":"local","sessionId":"s","workers":1,"stages":["one"]}
        """
                .formatted(
                    id.equals(OLD) ? "2026-01-01T00:00:00Z" : "2026-01-02T00:00:00Z", id, file)
            + events);
  }
}
