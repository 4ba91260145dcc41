package org.golempipeline.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.golempipeline.cli.ChildJvm;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ctrl-C and kill -9 while providers work. */
class InterruptedOnGolemIT extends RealNetwork {
  @BeforeEach
  void write() throws Exception {
    workspace.write(
        "slow.yaml",
        """
        version: 1
        name: slow
        image: golem/alpine:latest
        params: { seconds: 30 }
        split: { range: { to: 4, as: number } }
        run: sleep "$seconds"; echo "$number" > "$out"
        merge: concat
        output: result.txt
        budget: 1 GLM
        workers: 2
        """);
  }

  @Test
  void controlCLeavesNothing() throws Exception {
    try (var child = child("slow.yaml")) {
      awaitBothMachines();

      child.signal("INT");

      assertThat(child.waitForExit()).as(child.said("err")).isEqualTo(130);
      assertThat(folder.resolve("result.txt")).doesNotExist();
    }
    assertSettled(1);
  }

  @Test
  void whatAKilledRunLeftIsSettled() throws Exception {
    killWhileProvidersWork();

    var settled = workspace.run("settle", "last");

    assertThat(settled.exitCode()).as(settled.out() + settled.err()).isZero();
    assertThat(settled.lines())
        .anyMatch(line -> line.matches(".*: invoice \\S+ accepted: .* GLM"))
        .last()
        .asString()
        .matches(".*: settled, 0\\.\\d+ GLM accepted in all");
    assertSettled(1);
    var again = run("slow.yaml", "-p", "seconds=0");
    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(workspace.read("result.txt")).isEqualTo("0\n1\n2\n3\n");
    assertSettled(2);
  }

  private void killWhileProvidersWork() throws Exception {
    try (ChildJvm child = child("slow.yaml")) {
      awaitBothMachines();
      child.signal("KILL");
      assertThat(child.waitForExit()).isEqualTo(137);
    }
    assertThat(lab.requestor().get("/market-api/v1/agreements?state=Approved")).isNotEmpty();
  }

  /** A daemon forgets an activity whose requestor dies before it hears that it is there. */
  private void awaitBothMachines() {
    Waiting.until(
        "two machines to work", () -> journal().stream().filter(of("batch-started")).count() == 2);
  }
}
