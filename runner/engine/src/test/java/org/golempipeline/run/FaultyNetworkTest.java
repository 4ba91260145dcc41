package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.golempipeline.event.RunEvent;
import org.golempipeline.node.EndpointFault;
import org.golempipeline.node.Faults;
import org.golempipeline.node.ProviderFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs among providers and a daemon that misbehave: the answer stays right, nothing stays rented.
 */
@Timeout(240)
class FaultyNetworkTest {
  private static final String NUMBERS =
      """
      version: 1
      name: numbers
      split: { range: { from: 0, to: 20, step: 1, as: [n, size] } }
      run: echo "$n" > "$out"
      merge: concat
      output: all.txt
      """;

  @TempDir Path folder;

  private RunEvent.RunFinished run(Consumer<Faults> faults) throws Exception {
    var project = new Project(folder);
    project.workers = 5;
    project.faults = faults;
    var end = project.run(NUMBERS);
    if (end.failure() == null) {
      assertThat(project.read("all.txt")).isEqualTo(expected());
    }
    assertThat(project.openAgreements).isZero();
    assertThat(project.unendedAgreements()).isEmpty();
    return end;
  }

  private static String expected() {
    return IntStream.range(0, 20).mapToObj(n -> n + "\n").collect(Collectors.joining());
  }

  @ParameterizedTest
  @EnumSource(
      value = ProviderFault.class,
      names = {
        "REFUSES_PROPOSALS",
        "REFUSES_AGREEMENTS",
        "CRASHES",
        "SLOW",
        "FAILS",
        "WRONG_HASH",
        "RESUMES_TRANSFERS",
        "OVERBILLS",
        "INVOICES_TWICE"
      })
  void fourBadProvidersOfEightDoNoHarm(ProviderFault fault) throws Exception {
    var end =
        run(
            faults -> {
              for (var i = 0; i < 4; i++) {
                faults.provider(i, fault);
              }
            });
    assertThat(end.failure()).isNull();
    assertThat(end.fragmentsDone()).isEqualTo(20);
  }

  @ParameterizedTest
  @EnumSource(EndpointFault.class)
  void aDaemonThatStumblesDoesNoHarm(EndpointFault fault) throws Exception {
    var end =
        run(
            faults -> {
              faults.endpoint("GET", "/activity-api/v1/activity/.*/exec/.*", fault, 5, 0.5);
              faults.endpoint("GET", "/market-api/v1/demands/.*/events", fault, 2, 0.5);
              faults.endpoint("GET", "/payment-api/v1/.*", fault, 4, 0.5);
              faults.endpoint("POST", "/market-api/v1/agreements/.*/terminate", fault, 1, 1);
            });
    assertThat(end.failure()).isNull();
  }

  @Test
  void aNodeThatCanNotStartForWhatNobodyExpectsEndsTheRun() throws Exception {
    var project = new Project(folder);
    project.starting =
        () -> {
          throw new NoClassDefFoundError("org/example/Gone");
        };
    var end = project.run(NUMBERS);
    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(end.failure().message())
        .isEqualTo(
            "golem-pipeline itself failed: java.lang.NoClassDefFoundError: org/example/Gone.");
    assertThat(project.read("all.txt")).isNull();
  }

  @Test
  void anAllocationThatIsRefusedIsSaidAtOnce() throws Exception {
    var project = new Project(folder);
    project.faults =
        faults ->
            faults.endpoint(
                "POST", "/payment-api/v1/allocations", EndpointFault.INTERNAL_ERROR, 1000, 1);
    var end = project.run(NUMBERS);
    assertThat(end.exitCode()).isEqualTo(4);
    assertThat(project.read("all.txt")).isNull();
    assertThat(project.events(RunEvent.RentalRequested.class)).isEmpty();
  }
}
