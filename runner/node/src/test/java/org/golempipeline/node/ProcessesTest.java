package org.golempipeline.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.golempipeline.node.Requestor.ACTIVITY;
import static org.golempipeline.node.Requestor.sh;
import static org.golempipeline.node.Requestor.terminateCommand;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.golempipeline.plainfile.LeftFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** That nothing which a script started is left running. */
class ProcessesTest extends NodeTest {
  /** Starts children that try to get away; each writes its process id into a file. */
  private static final String FAMILY =
      "sh -c 'echo $$ >pid1; exec sleep 600' & "
          + "(sh -c 'echo $$ >pid2; exec sleep 600' &) ; "
          + "setsid sh -c 'echo $$ >pid3; exec sleep 600' & "
          + "(setsid setsid sh -c 'echo $$ >pid4; exec sleep 600' &) ; "
          + "env -i /bin/sh -c 'echo $$ >pid5; exec sleep 600' & ";

  private static List<Long> family(Path folder) {
    List<Long> pids = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      Path file = folder.resolve("pid" + i);
      Waiting.until(() -> !text(file).isBlank());
      pids.add(Long.parseLong(text(file).strip()));
    }
    assertThat(pids).allMatch(ProcessesTest::lives);
    return pids;
  }

  private static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A process that ended but was not collected does not live. */
  private static boolean lives(long pid) {
    Path stat = Path.of("/proc/" + pid + "/stat");
    try {
      return Files.readString(stat, StandardCharsets.ISO_8859_1)
              .replaceFirst(".*\\) ", "")
              .charAt(0)
          != 'Z';
    } catch (IOException e) {
      return false;
    }
  }

  private static void assertDead(List<Long> pids) {
    Waiting.until(() -> pids.stream().noneMatch(ProcessesTest::lives));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void destroyingAnActivityKillsTheWholeFamily() {
    Requestor.Machine machine = requestor.machine();
    requestor.exec(machine.activity(), sh(FAMILY + "wait")).expect(200);
    List<Long> family = family(machine.folder());
    requestor.delete(ACTIVITY + "/" + machine.activity() + "?timeout=20").expect(200);
    assertThat(family).noneMatch(ProcessesTest::lives);
    Waiting.until(() -> !Files.exists(machine.folder()));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whatRunsInTheBackgroundStaysUntilTheMachineStops() {
    Requestor.Machine machine = requestor.machine();
    JsonNode result = requestor.execute(machine.activity(), sh(FAMILY + "echo ok")).get(0);
    assertThat(result.get("stdout").asText()).isEqualTo("ok\n");
    List<Long> family = family(machine.folder());
    requestor.execute(machine.activity(), sh("true"));
    assertThat(family).allMatch(ProcessesTest::lives);
    requestor.execute(machine.activity(), terminateCommand());
    assertDead(family);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theEndOfTheAgreementKillsToo() {
    Requestor.Machine machine = requestor.machine();
    requestor.exec(machine.activity(), sh(FAMILY + "wait")).expect(200);
    List<Long> family = family(machine.folder());
    requestor.terminate(machine.agreement()).expect(200);
    assertDead(family);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void closingTheNodeKillsAndCleans() throws Exception {
    Requestor.Machine machine = requestor.machine();
    requestor.exec(machine.activity(), sh(FAMILY + "wait")).expect(200);
    List<Long> family = family(machine.folder());
    node.close();
    assertThat(family).noneMatch(ProcessesTest::lives);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void nothingSurvivesTheViolentDeathOfTheNode() throws Exception {
    Path scratch = folder.resolve("victim");
    Process victim =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                NodeMain.class.getName(),
                scratch.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = victim.inputReader()) {
      String line = CompletableFuture.supplyAsync(() -> readLine(out)).get(120, TimeUnit.SECONDS);
      Path work = Path.of(line);
      List<Long> family = family(work);
      assertThat(victim.isAlive()).isTrue();
      victim.destroyForcibly();
      assertThat(victim.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertDead(family);
      Waiting.until(() -> !Files.exists(work));
    } finally {
      victim.destroyForcibly();
    }
  }

  /** As when a system ends a whole service: the warden goes too. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void whatANodeLeftThatDiedWithItsWardenIsFound() throws Exception {
    Path scratch = folder.resolve("victim");
    Process victim =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                NodeMain.class.getName(),
                scratch.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<Long> family;
    try (BufferedReader out = victim.inputReader()) {
      String line = CompletableFuture.supplyAsync(() -> readLine(out)).get(120, TimeUnit.SECONDS);
      family = family(Path.of(line));
      assertThat(EmbeddedNode.abandoned(scratch)).isEmpty();
    } finally {
      victim.descendants().forEach(ProcessHandle::destroyForcibly);
      victim.destroyForcibly();
    }
    assertThat(victim.waitFor(120, TimeUnit.SECONDS)).isTrue();
    family.forEach(each -> ProcessHandle.of(each).ifPresent(ProcessHandle::destroyForcibly));
    assertThat(EmbeddedNode.abandoned(scratch)).isEqualTo(LeftFiles.inside(scratch)).hasSize(1);
  }

  private static String readLine(BufferedReader reader) {
    try {
      return reader.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The victim: a node with a script that runs. Prints its folder. */
  static final class NodeMain {
    private NodeMain() {}

    public static void main(String[] args) throws Exception {
      EmbeddedNode node = Requestor.startNode(Path.of(args[0]), 1, true);
      Requestor requestor = new Requestor(node);
      Requestor.Machine machine = requestor.machine();
      requestor.exec(machine.activity(), sh(FAMILY + "wait")).expect(200);
      System.out.println(machine.folder());
      CompletableFuture<Void> never = new CompletableFuture<>();
      never.get(Duration.ofMinutes(5).toSeconds(), TimeUnit.SECONDS);
    }
  }
}
