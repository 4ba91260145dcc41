package org.golempipeline.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.golempipeline.cli.Workspace;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a run does when programs of the network die, and what those do when they are back. */
@Order(1)
class LostMachinesIT extends RealNetwork {
  @BeforeEach
  void write() throws Exception {
    workspace.write(
        "steady.yaml",
        """
        version: 1
        name: steady
        image: golem/alpine:latest
        split: { range: { to: 6, as: number } }
        run: sleep 2; echo "$number" > "$out"
        merge: concat
        output: result.txt
        budget: 1 GLM
        workers: 2
        """);
  }

  @Test
  void anotherProviderDoesWhatTheKilledOneDidNotAndThatIsLeftAloneForLongerEachTime()
      throws Exception {
    var running = running("steady.yaml");
    var lost = working();
    var programs = lost.descendants();

    lost.kill();

    var ran = running.get();
    assertThat(ran.exitCode()).as(ran.err()).isIn(0, 5);
    assertThat(workspace.read("result.txt")).isEqualTo("0\n1\n2\n3\n4\n5\n");
    assertThat(journal().stream().filter(of("batch-finished")))
        .anyMatch(line -> line.contains("\"PROVIDER\""))
        .noneMatch(line -> line.contains("cancelled"));
    assertThat(ran.err()).contains(lost.name() + " failed once and is left alone for 30 s");
    Waiting.until("its programs to end", () -> programs.stream().noneMatch(ProcessHandle::isAlive));
    lost.restart();
    settle(lost);
    assertSettled(2);

    // The next run knows from the history what this one saw.
    workspace.later(Duration.ofMinutes(2));
    assertThat(crash(lost, "again").err())
        .contains(lost.name() + " failed 2 times in a row and is left alone for 1 min");
    assertSettled(4);
  }

  private void settle(Provider lost) {
    lab.awaitOffers(List.of(lost.name()));
    var settled = workspace.run("settle", "last");
    assertThat(settled.exitCode()).as(settled.out() + settled.err()).isZero();
  }

  /** Runs a pipeline in which all providers work until this one has crashed. */
  private Workspace.Ran crash(Provider crashing, String name) throws Exception {
    var go = folder.resolve(name + ".go");
    workspace.write(
        name + ".yaml",
        """
        version: 1
        name: %s
        image: golem/alpine:latest
        split: { range: { to: 3, as: number } }
        run: until [ -e "%s" ]; do sleep 0.2; done; echo "$number" > "$out"
        merge: concat
        output: %s.txt
        budget: 1 GLM
        workers: 3
        """
            .formatted(name, go, name));
    var running = running(name + ".yaml", "--no-trial");
    Waiting.until(crashing.name() + " to work", () -> works(crashing, journalOf(name)));
    crashing.kill();
    Waiting.until("its failure", () -> journalOf(name).stream().anyMatch(of("provider-paused")));
    crashing.restart();
    Files.createFile(go);
    var ran = running.get();
    assertThat(ran.exitCode()).as(ran.err()).isIn(0, 5);
    assertThat(workspace.read(name + ".txt")).isEqualTo("0\n1\n2\n");
    settle(crashing);
    return ran;
  }

  /** Whether it has a batch, going by the journal of a run. */
  private static boolean works(Provider provider, List<String> journal) {
    var rentals =
        journal.stream()
            .filter(of("rental-opened"))
            .filter(line -> line.contains("\"" + provider.name() + "\""))
            .map(LostMachinesIT::rental)
            .toList();
    return journal.stream()
        .filter(of("batch-started"))
        .map(LostMachinesIT::rental)
        .anyMatch(rentals::contains);
  }

  private static int rental(String line) {
    try {
      return Daemon.JSON.readTree(line).get("rental").asInt();
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the runs wrote down since the first one of this pipeline began. */
  private List<String> journalOf(String pipeline) {
    return journal().stream()
        .dropWhile(of("run-started").and(line -> line.contains(pipeline)).negate())
        .toList();
  }

  @Test
  void anotherProviderDoesWhatTheOneWithoutADaemonDidNot() throws Exception {
    var running = running("steady.yaml");
    var lost = working();

    lost.daemon().kill();

    var ran = running.get();
    assertThat(ran.exitCode()).as(ran.err()).isIn(0, 5);
    assertThat(workspace.read("result.txt")).isEqualTo("0\n1\n2\n3\n4\n5\n");
    lost.daemon().restart();
    settle(lost);
    assertSettled(2);
  }

  /** In a peer-to-peer net nothing but silence tells that a machine is gone. */
  @Test
  @Tag("long")
  void aMachineThatAnswersNothingIsLost() throws Exception {
    var running = running("steady.yaml");
    var lost = working();

    lab.hold(lost, true);

    var ran = running.get();
    lab.hold(lost, false);
    assertThat(ran.exitCode()).as(ran.err()).isIn(0, 5);
    assertThat(workspace.read("result.txt")).isEqualTo("0\n1\n2\n3\n4\n5\n");
    var settled = workspace.run("settle", "last");
    assertThat(settled.exitCode()).as(settled.out() + settled.err()).isZero();
    assertSettled(2);
  }

  @Test
  void aRunOutlivesItsOwnDaemon() throws Exception {
    var running = running("steady.yaml");
    working();

    lab.requestor().restart();

    var ran = running.get();
    // A daemon that dies while an activity is being created takes no invoice that names it.
    assertThat(ran.exitCode()).as(ran.err()).isIn(0, 5);
    assertThat(workspace.read("result.txt")).isEqualTo("0\n1\n2\n3\n4\n5\n");
    assertSettled(1);
  }
}
