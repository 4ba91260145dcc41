package org.golempipeline.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a run does when programs of the network die, and what those do when they are back. */
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
  void anotherProviderDoesWhatTheKilledOneDidNot() throws Exception {
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
    assertThat(journal()).anyMatch(of("provider-paused"));
    Waiting.until("its programs to end", () -> programs.stream().noneMatch(ProcessHandle::isAlive));
    lost.restart();
    lab.awaitOffers(List.of(lost.name()));
    var settled = workspace.run("settle", "last");
    assertThat(settled.exitCode()).as(settled.out() + settled.err()).isZero();
    assertSettled(2);
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
    lab.awaitOffers(List.of(lost.name()));
    var settled = workspace.run("settle", "last");
    assertThat(settled.exitCode()).as(settled.out() + settled.err()).isZero();
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
