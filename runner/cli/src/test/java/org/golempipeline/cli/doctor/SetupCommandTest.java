package org.golempipeline.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.golempipeline.cli.ChildJvm;
import org.golempipeline.cli.Workspace;
import org.golempipeline.node.EmbeddedNode;
import org.golempipeline.node.EndpointFault;
import org.golempipeline.node.NodeOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** {@code golem setup} with an embedded node for a daemon and a script for {@code yagna}. */
@Isolated("starts programs it wrote; a process started beside it could hold them open for writing")
@Timeout(240)
class SetupCommandTest {
  private static final String KEY = "a-secret-key";
  private static final String ALLOCATIONS = "/payment-api/v1/allocations";

  @TempDir Path folder;
  @TempDir Path elsewhere;
  private EmbeddedNode node;
  private Workspace workspace;

  @BeforeEach
  void start() throws IOException {
    node = EmbeddedNode.start(new NodeOptions(0, KEY, 1, elsewhere.resolve("node"), 7, false));
    workspace =
        new Workspace(folder)
            .with("PATH", elsewhere.resolve("bin") + ":" + System.getenv("PATH"))
            .with("XDG_STATE_HOME", elsewhere.resolve("state").toString())
            .with("YAGNA_API_URL", node.url().toString());
    yagna("app-key", "echo " + KEY);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void makesAKeyAndPrintsWhatTheShellNeeds() {
    var ran = workspace.run("golem", "setup");

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(ran.lines())
        .containsExactly("export YAGNA_APPKEY=" + KEY, "export YAGNA_API_URL=" + node.url());
    assertThat(ran.err())
        .contains("ok       app-key   `golem-pipeline` of the daemon\n")
        .contains("ok       payment   can pay on erc20-hoodi-tglm\n")
        .doesNotContain("faucet");
    assertThat(calls()).containsExactly("app-key create golem-pipeline");
  }

  @Test
  void keepsAKeyThatIsGood() throws IOException {
    workspace.with("YAGNA_APPKEY", KEY);

    assertThat(workspace.run("golem", "setup").lines()).contains("export YAGNA_APPKEY=" + KEY);
    assertThat(calls()).isEmpty();

    for (var bad : List.of("of-another-daemon", "of another\nshape")) {
      Files.deleteIfExists(elsewhere.resolve("calls"));
      workspace.with("YAGNA_APPKEY", bad);
      assertThat(workspace.run("golem", "setup").lines()).contains("export YAGNA_APPKEY=" + KEY);
      assertThat(calls()).as(bad).containsExactly("app-key create golem-pipeline");
    }
  }

  @Test
  void asksTheFaucetWhenNothingCanBeReserved() throws IOException {
    yagna("payment", "exit 0");
    node.faults().endpoint("POST", ALLOCATIONS, EndpointFault.INTERNAL_ERROR, 2, 1);

    var ran = workspace.run("golem", "setup");

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(calls()).contains("payment fund --network hoodi");
    assertThat(ran.err()).contains("asking the faucet of hoodi for GLM");
  }

  @Test
  void saysWhyTheFaucetGaveNothing() throws IOException {
    yagna("payment", "printf 'Error: no more today\\n\\nStack backtrace:\\n' >&2; exit 1");
    node.faults().endpoint("POST", ALLOCATIONS, EndpointFault.INTERNAL_ERROR, 1, 1);

    var ran = workspace.run("golem", "setup");

    assertThat(ran.exitCode()).isEqualTo(4);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .contains(
            "`yagna payment fund --network hoodi` failed: no more today.",
            "hint: The faucet may be busy");
  }

  @Test
  void givesUpWhenNothingComes() throws IOException {
    yagna("payment", "exit 0");
    node.faults().endpoint("POST", ALLOCATIONS, EndpointFault.INTERNAL_ERROR, 1000, 1);

    var ran = workspace.run("golem", "setup", "--wait", "0");

    assertThat(ran.exitCode()).isEqualTo(4);
    assertThat(ran.err()).contains("error: Could not allocate", "GLM can take minutes to come");
  }

  @Test
  void asksForNoRealMoney() {
    node.faults().endpoint("POST", ALLOCATIONS, EndpointFault.INTERNAL_ERROR, 1, 1);

    var ran = workspace.run("golem", "setup", "--network", "polygon");

    assertThat(ran.exitCode()).isEqualTo(4);
    assertThat(ran.err())
        .contains("can pay nothing on polygon yet. Could not allocate", "Send GLM", "to 0x");
    assertThat(calls()).containsExactly("app-key create golem-pipeline");
  }

  @Test
  void saysHowToGetYagna() {
    var ran = workspace.with("PATH", folder.toString()).run("golem", "setup");

    assertThat(ran.exitCode()).isEqualTo(4);
    assertThat(ran.err()).contains("There is no `yagna` on the PATH.", "pip install golem-node");
  }

  @Test
  void saysWhichDaemonRefusesTheKeyOfAnother() throws IOException {
    yagna("app-key", "echo another-key");

    var ran = workspace.run("golem", "setup");

    assertThat(ran.exitCode()).isEqualTo(4);
    assertThat(ran.err()).contains("refuses the key `golem-pipeline`", "YAGNA_DATADIR");
    assertThat(ran.err()).doesNotContain("another-key");
  }

  @Test
  void startsADaemonIfItMay() throws Exception {
    int port;
    try (var free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    workspace.with("YAGNA_API_URL", "http://127.0.0.1:" + port);
    var ran = workspace.run("golem", "setup");
    assertThat(ran.exitCode()).isEqualTo(4);
    assertThat(ran.err()).contains("http://127.0.0.1:" + port, "`yagna service run`", "`--start`");
    assertThat(calls()).isEmpty();

    var log = elsewhere.resolve("state/golem-pipeline/yagna.log");
    yagna("service", "echo daemon says this");
    ran = workspace.run("golem", "setup", "--start");
    assertThat(ran.exitCode()).isEqualTo(4);
    assertThat(ran.err())
        .contains("started as process ", "`yagna service run` ended before it", "Look into " + log);

    node.close();
    var signal = elsewhere.resolve("signal");
    yagna("service", "cat " + signal);
    Files.deleteIfExists(elsewhere.resolve("calls"));
    assertThat(new ProcessBuilder("mkfifo", signal.toString()).start().waitFor()).isZero();
    var starting = new Thread(() -> serve(signal, port));
    starting.start();
    ran = workspace.run("golem", "setup", "--start");
    starting.join();
    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(calls()).containsExactly("service run", "app-key create golem-pipeline");
  }

  @Test
  void startsNoDaemonWhereSomethingElseListens() throws IOException {
    yagna("service", "");
    node.faults().endpoint("GET", "/version/get", EndpointFault.INTERNAL_ERROR, 1000, 1);

    var ran = workspace.run("golem", "setup", "--start");

    assertThat(ran.exitCode()).isEqualTo(4);
    assertThat(ran.err())
        .contains("no yagna daemon: it answers HTTP 500", "hint: Set YAGNA_API_URL to where")
        .doesNotContain("--start");
    assertThat(calls()).isEmpty();
  }

  @Test
  void doesNotWaitForEverForYagna() throws Exception {
    yagna("app-key", "exec sleep 1000");
    var yagna =
        YagnaProgram.find(Map.of("PATH", elsewhere.resolve("bin") + ":" + System.getenv("PATH")))
            .orElseThrow();

    var ran = yagna.run(Duration.ofMillis(10), "app-key", "create", "name");

    assertThat(ran.isDone()).isFalse();
    assertThat(ran.reason()).isEqualTo("it did not answer in time");
  }

  @Test
  void takesWithItWhatYagnaStarted() throws Exception {
    var below = elsewhere.resolve("below");
    yagna(
        "app-key",
        "sleep 1000 & echo $! > '%1$s.new'; mv '%1$s.new' '%1$s'; wait".formatted(below));
    var yagna =
        YagnaProgram.find(Map.of("PATH", elsewhere.resolve("bin") + ":" + System.getenv("PATH")))
            .orElseThrow();
    var ended = new CompletableFuture<Throwable>();
    var waiting =
        new Thread(
            () ->
                ended.complete(
                    catchThrowable(() -> yagna.run(Duration.ofDays(1), "app-key", "create", "x"))));
    waiting.start();
    ChildJvm.await("the program", () -> Files.exists(below));
    var sleeping = ProcessHandle.of(Long.parseLong(Files.readString(below).strip())).orElseThrow();

    waiting.interrupt();

    assertThat(ended.get()).isInstanceOf(InterruptedException.class);
    ChildJvm.await("the end of what it started", () -> !SetupCommand.goesOn(sleeping));
  }

  @Test
  void understandsWhatYagnaSaysInUtf8() throws IOException {
    yagna("app-key", "printf 'Error: nicht m\\303\\266glich \\377\\n' >&2; exit 1");

    assertThat(workspace.run("golem", "setup").err()).contains("failed: nicht möglich \ufffd.");
  }

  @Test
  void refusesTimesAndPlacesThatAreNone() {
    var ran = workspace.run("golem", "setup", "--wait", "-1");
    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err()).contains("`--wait -1` is no time.");

    ran = workspace.with("YAGNA_API_URL", "http://127.0.0.1:99999").run("golem", "setup");
    assertThat(ran.exitCode()).isEqualTo(4);
    assertThat(ran.err()).contains("`http://127.0.0.1:99999`, which is not a URL.");
  }

  /** The daemon, as soon as the script that stands for it opens the pipe. */
  private void serve(Path signal, int port) {
    try (var out = Files.newOutputStream(signal)) {
      node = EmbeddedNode.start(new NodeOptions(port, KEY, 1, elsewhere.resolve("two"), 7, false));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** What {@code yagna} does when it is called with this word first. */
  private void yagna(String word, String script) throws IOException {
    var parts = Files.createDirectories(elsewhere.resolve("parts"));
    Files.writeString(parts.resolve(word), script);
    var program = Files.createDirectories(elsewhere.resolve("bin")).resolve("yagna");
    Files.writeString(
        program,
        "#!/bin/sh\necho \"$*\" >> '%s'\n. '%s/'\"$1\"\n"
            .formatted(elsewhere.resolve("calls"), parts));
    assertThat(program.toFile().setExecutable(true)).isTrue();
  }

  /** What {@code yagna} was called with. */
  private List<String> calls() {
    var calls = elsewhere.resolve("calls");
    try {
      return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
