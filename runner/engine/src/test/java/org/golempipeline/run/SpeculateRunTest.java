package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.golempipeline.event.RunEvent;
import org.golempipeline.node.ProviderFault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Machines that are slow or get lost while more scripts than one are meant for them. */
@Timeout(240)
class SpeculateRunTest {
  private static final String NUMBERS =
      """
      version: 1
      name: numbers
      params: { to: 30 }
      split: { range: { from: 0, to: "${to}", step: 1, as: [n, size] } }
      run: |
        echo "$n" > "$out"
      merge: concat
      output: all.txt
      """;

  @TempDir Path folder;
  private Project project;

  @BeforeEach
  void open() {
    project = new Project(folder);
    project.workers = 3;
  }

  /** Scripts of a second hold few of them. */
  private static final String LASTING = NUMBERS.replace("  echo", "  sleep 0.05; echo");

  private static String numbers(int to) {
    return IntStream.range(0, to).mapToObj(n -> n + "\n").collect(Collectors.joining());
  }

  @Test
  void aStragglerIsCopiedAndItsOutputUsedOnce() throws Exception {
    project.faults =
        faults -> {
          // Longer than any test may take: the straggler is not waited for.
          faults.slowness(Duration.ofHours(1));
          // It is quick until it has work.
          project.listener =
              event -> {
                if (event instanceof RunEvent.RentalOpened opened
                    && opened.providerName().equals("local-1")) {
                  faults.provider(0, ProviderFault.SLOW);
                }
              };
          for (var i = 3; i < 6; i++) {
            faults.provider(i, ProviderFault.REFUSES_PROPOSALS);
          }
        };

    var end = project.run(NUMBERS + "speculate: true\n");

    assertThat(end.failure()).isNull();
    assertThat(end.fragmentsDone()).isEqualTo(30);
    assertThat(project.read("all.txt")).isEqualTo(numbers(30));
    assertThat(project.events(RunEvent.FragmentsCopied.class)).isNotEmpty();
    assertThat(project.openAgreements).isZero();
  }

  @Test
  void theNextScriptOfAMachineIsAskedForBeforeTheOneBeforeItEnds() throws Exception {
    project.workers = 2;
    project.params.put("to", "200");
    project.succeed(LASTING);
    assertThat(project.read("all.txt")).isEqualTo(numbers(200));

    var rentals = new HashMap<Integer, Integer>();
    var open = new HashMap<Integer, ArrayList<Integer>>();
    var ahead = 0;
    for (var event : project.events) {
      if (event instanceof RunEvent.BatchStarted started) {
        rentals.put(started.batch(), started.rental());
        var lane = open.computeIfAbsent(started.rental(), rental -> new ArrayList<>());
        lane.add(started.batch());
        assertThat(lane).hasSizeLessThanOrEqualTo(2);
        ahead += lane.size() - 1;
      } else if (event instanceof RunEvent.BatchFinished finished) {
        var lane = open.get(rentals.get(finished.batch()));
        assertThat(lane.remove(0))
            .as("in the order in which they were sent")
            .isEqualTo(finished.batch());
      }
    }
    assertThat(ahead).isPositive();
  }

  @Test
  void aMachineThatIsLostLosesNothingThatWasPreparedForIt() throws Exception {
    project.workers = 2;
    project.params.put("to", "200");
    var lost = new HashSet<Integer>();
    project.faults =
        faults ->
            project.listener =
                event -> {
                  // By now each machine works and the next script of one of them is prepared.
                  if (event instanceof RunEvent.BatchStarted started
                      && started.batch() == 6
                      && lost.add(started.rental())) {
                    faults.provider(0, ProviderFault.CRASHES);
                    faults.provider(1, ProviderFault.CRASHES);
                  }
                };

    var end = project.run(LASTING);

    assertThat(end.failure()).isNull();
    assertThat(lost).isNotEmpty();
    assertThat(end.fragmentsDone()).isEqualTo(200);
    assertThat(project.read("all.txt")).isEqualTo(numbers(200));
    var started = project.events(RunEvent.BatchStarted.class);
    assertThat(project.events(RunEvent.BatchFinished.class)).hasSameSizeAs(started);
    assertThat(project.openAgreements).isZero();
  }
}
