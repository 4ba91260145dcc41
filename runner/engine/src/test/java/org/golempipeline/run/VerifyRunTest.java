package org.golempipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.golempipeline.event.Failure;
import org.golempipeline.event.FailureKind;
import org.golempipeline.event.FragmentSet;
import org.golempipeline.event.RunEvent;
import org.golempipeline.node.ProviderFault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs among providers that return something else than they computed. */
@Timeout(240)
class VerifyRunTest {
  private static final int FRAGMENTS = 12;

  private static final String NUMBERS =
      """
      version: 1
      name: numbers
      split: { range: { from: 0, to: 12, step: 1, as: [n, size] } }
      timeout: { negotiate: 5s }
      run: |
        until [ -e FOLDER/all-are-here ]; do sleep 0.05; done
        echo "$((n + 100))" > "$out"
      merge: concat
      output: all.txt
      """;

  @TempDir Path folder;
  private Project project;
  private String numbers;

  @BeforeEach
  void open() {
    project = new Project(folder);
    project.reuse = true;
    numbers = NUMBERS.replace("FOLDER", folder.toString());
  }

  /**
   * The first of them are at work and have these faults, all others stay away. Nothing is computed
   * before all are rented, so that each of them gets its part.
   */
  private void providers(ProviderFault... faults) {
    var here = new HashSet<String>();
    project.listener =
        event -> {
          if (event instanceof RunEvent.RentalOpened opened
              && here.add(opened.providerId())
              && here.size() == faults.length) {
            project.file("all-are-here", "");
          }
        };
    project.workers = faults.length;
    project.faults =
        node -> {
          for (var i = 0; i < faults.length + 3; i++) {
            if (i >= faults.length) {
              node.provider(i, ProviderFault.REFUSES_PROPOSALS);
            } else if (faults[i] != HONEST) {
              node.provider(i, faults[i]);
            }
          }
        };
  }

  /** Harmless here. */
  private static final ProviderFault HONEST = ProviderFault.INVOICES_TWICE;

  private static String expected() {
    return IntStream.range(0, FRAGMENTS)
        .mapToObj(n -> n + 100 + "\n")
        .collect(Collectors.joining());
  }

  private List<String> banned() {
    return project.events(RunEvent.ProviderBanned.class).stream()
        .map(RunEvent.ProviderBanned::providerId)
        .toList();
  }

  private String id(String name) {
    return project.events(RunEvent.RentalOpened.class).stream()
        .filter(opened -> opened.providerName().equals(name))
        .map(RunEvent.RentalOpened::providerId)
        .findFirst()
        .orElseThrow();
  }

  /** What a provider called itself each time it was rented. */
  private List<String> rented(String id) {
    return project.events(RunEvent.RentalOpened.class).stream()
        .filter(opened -> opened.providerId().equals(id))
        .map(RunEvent.RentalOpened::providerName)
        .toList();
  }

  /** Five copies, but four providers: what is missing is said, not what the market is like. */
  @Test
  void whoIsMissingIsSaid() throws Exception {
    project.workers = 1;
    var end =
        project.run(
            """
            version: 1
            name: lonely
            run: echo 1 > "$out"
            verify: { copies: 5 }
            timeout: { negotiate: 2s }
            merge: concat
            output: all.txt
            """);
    assertThat(end.exitCode()).isEqualTo(4);
    assertThat(String.valueOf(end.failure()))
        .contains("who could check fragment 0 of `lonely`, which 4 providers have computed.")
        .contains("Ask for fewer copies in `verify`");
  }

  @Test
  void withoutAnyCheckALieIsBelieved() throws Exception {
    providers(ProviderFault.LIES, HONEST, HONEST);
    project.succeed(numbers);
    assertThat(project.read("all.txt")).hasSameSizeAs(expected()).isNotEqualTo(expected());
    assertThat(banned()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ copies: 2 }",
        "{ copies: 3 }",
        "{ audit: 100% }",
        "{ audit: 100%, by: local }",
        "{ audit: 1%, by: local }"
      })
  void aLiarIsFoundAndNeverRentedAgain(String verify) throws Exception {
    providers(ProviderFault.LIES, HONEST, HONEST, HONEST);
    var yaml = numbers + "verify: " + verify + "\n";

    project.succeed(yaml);

    assertThat(project.read("all.txt")).isEqualTo(expected());
    assertThat(banned()).hasSize(1);
    var liar = banned().get(0);
    assertThat(rented(liar)).containsOnly("local-1");
    assertThat(project.read(".golem-pipeline/banned/" + liar))
        .startsWith("gave false results in run ");

    project.succeed(yaml);
    assertThat(project.events(RunEvent.BatchStarted.class)).isEmpty();

    project.reuse = false;
    project.succeed(yaml);
    assertThat(project.sent("numbers").size()).isEqualTo(FRAGMENTS);
    assertThat(rented(liar)).isEmpty();
    assertThat(project.read("all.txt")).isEqualTo(expected());
  }

  @Test
  void twoLiarsWithDifferentLiesAreOutvoted() throws Exception {
    providers(ProviderFault.LIES, ProviderFault.LIES, HONEST, HONEST, HONEST);
    project.succeed(numbers + "verify: { copies: 3 }\n");
    assertThat(project.read("all.txt")).isEqualTo(expected());
    assertThat(banned()).isSubsetOf(id("local-1"), id("local-2")).isNotEmpty();
  }

  @Test
  void whoeverAgreesOnALieIsNotBelievedBeforeThisMachine() throws Exception {
    providers(ProviderFault.COLLUDES, ProviderFault.COLLUDES);
    var end = project.run(numbers + "verify: { audit: 100%, by: local }\n");
    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(end.failure().message())
        .isEqualTo(
            "Two providers agree on a fragment of `numbers`, and this machine computes something"
                + " else.");
    assertThat(project.read("all.txt")).isNull();
    assertThat(project.openAgreements).isZero();
  }

  @Test
  void whatALiarLeftInTheCacheIsNotUsed() throws Exception {
    providers(ProviderFault.LIES, HONEST, HONEST);
    project.succeed(numbers);
    assertThat(project.read("all.txt")).isNotEqualTo(expected());
    var byLiar = FragmentSet.EMPTY;
    var liars =
        project.events(RunEvent.RentalOpened.class).stream()
            .filter(opened -> opened.providerName().equals("local-1"))
            .map(RunEvent.RentalOpened::rental)
            .toList();
    for (var batch : project.events(RunEvent.BatchStarted.class)) {
      byLiar = liars.contains(batch.rental()) ? byLiar.union(batch.fragments()) : byLiar;
    }
    assertThat(byLiar).isNotEqualTo(FragmentSet.EMPTY);

    Files.delete(folder.resolve("all-are-here"));
    providers(ProviderFault.LIES, HONEST, HONEST);
    var other = numbers.replace("name: numbers", "name: other").replace("all.txt", "other.txt");
    project.succeed(other.replace("+ 100", "+ 200") + "verify: { audit: 100%, by: local }\n");
    assertThat(banned()).hasSize(1);

    project.succeed(numbers);
    assertThat(project.sent("numbers")).isEqualTo(byLiar);
    assertThat(project.read("all.txt")).isEqualTo(expected());
  }

  /** Strangers' results, where others are those of this machine. */
  private void strangers(ProviderFault... faults) throws Exception {
    providers(faults);
    project.fetchImages();
  }

  private String numbers(String verify) {
    return numbers + "image: ./my.gvmi\n" + (verify.isEmpty() ? "" : "verify: " + verify + "\n");
  }

  private void assertComputed(String verify, String... reasons) throws Exception {
    assertThat(project.run(numbers(verify)).failure()).isNull();
    assertThat(project.sent("numbers").size()).isEqualTo(FRAGMENTS);
    assertThat(project.reused("numbers").reasons()).containsExactly(reasons);
    assertThat(project.read("all.txt")).isEqualTo(expected());
  }

  private void assertReused(String verify) throws Exception {
    assertThat(project.run(numbers(verify)).failure()).isNull();
    assertThat(project.events(RunEvent.BatchStarted.class)).isEmpty();
    assertThat(project.reused("numbers").reused()).isEqualTo(FRAGMENTS);
    assertThat(project.read("all.txt")).isEqualTo(expected());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{ copies: 2 }", "{ audit: 100% }", "{ audit: 1%, by: local }"})
  void resultsThatNobodyCheckedDoNotCountOnceTheyMustBe(String verify) throws Exception {
    strangers(ProviderFault.LIES, HONEST, HONEST);
    assertThat(project.run(numbers("")).failure()).isNull();
    assertThat(project.read("all.txt")).isNotEqualTo(expected());
    assertComputed(verify, "verify added");
    assertReused(verify);
  }

  @Test
  void whoAsksForMoreGetsMoreAndWhoAsksForLessHasIt() throws Exception {
    strangers(HONEST, HONEST, HONEST);
    assertComputed("{ audit: 5% }", RunEvent.StageReused.FIRST_RUN);
    assertReused("{ audit: 2% }");
    assertComputed("{ audit: 20% }", "verify asks for more");
    assertReused("{ audit: 5% }");
    assertComputed("{ copies: 2, compare: text }", "verify asks for more");
    assertComputed("{ copies: 2 }", "verify asks for more");
    assertReused("{ copies: 2, compare: text }");
    assertReused("{ audit: 20% }");
    assertReused("");
  }

  @Test
  void whatThisMachineComputedIsNotDoubted() throws Exception {
    providers(HONEST, HONEST);
    project.succeed(numbers);
    project.succeed(numbers + "verify: { copies: 2 }\n");
    assertThat(project.events(RunEvent.BatchStarted.class)).isEmpty();
    assertThat(project.read("all.txt")).isEqualTo(expected());
  }

  @Test
  void otherReasonsAreToldBesideIt() throws Exception {
    strangers(HONEST, HONEST, HONEST);
    assertThat(project.run(numbers("")).failure()).isNull();
    var longer =
        numbers("{ copies: 2 }")
            .replace("to: 12", "to: 13")
            .replace("timeout", "retry: { attempts: 4 }\ntimeout");
    project.succeed(longer);
    assertThat(project.sent("numbers").size()).isEqualTo(13);
    assertThat(project.reused("numbers").reasons())
        .containsExactly("verify added", "split changed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{ copies: 2 }", "{ audit: 100% }"})
  void aCommandThatIsNeverTheSameEndsWithTheReason(String verify) throws Exception {
    providers(HONEST, HONEST, HONEST, HONEST, HONEST);
    var yaml =
        """
        version: 1
        name: random
        split: { range: { from: 0, to: 8, step: 1, as: [n, size] } }
        timeout: { negotiate: 5s }
        run: cat /proc/sys/kernel/random/uuid > "$out"
        merge: concat
        output: all.txt
        """
            + "verify: "
            + verify
            + "\n";
    for (var time = 0; time < 2; time++) {
      var end = project.run(yaml);
      assertThat(end.exitCode()).isEqualTo(1);
      assertThat(end.failure().kind()).isEqualTo(FailureKind.COMMAND);
      assertThat(project.events(RunEvent.FragmentFailed.class))
          .isNotEmpty()
          .allMatch(
              failed -> failed.failure().message().equals("Every machine computes something else."))
          .allMatch(failed -> failed.attempts() >= 5)
          .allMatch(failed -> failed.failure().hint().contains("fix seeds"));
      assertThat(banned()).isEmpty();
      assertThat(project.read("all.txt")).isNull();
    }
  }

  @Test
  void withTooFewProvidersTheRunEndsAndSaysSo() throws Exception {
    providers(ProviderFault.LIES, HONEST);
    project.workers = 2;
    var end = project.run(numbers + "verify: { copies: 2 }\n");
    assertThat(end.failure()).isNotNull();
    assertThat(end.failure().kind()).isEqualTo(FailureKind.MARKET);
    assertThat(project.read("all.txt")).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          text | printf 'a\\\\r\\\\nb  \\\\n' | printf 'a\\\\nb\\\\n'
          json | echo '{"a": 1.0, "b": [2]}' | echo '{"b":[2],"a":1}'
          csv  | printf '"a","b"\\\\n1,0.50\\\\n' | printf 'a,b\\\\n1,0.5\\\\n'
          """)
  void differencesOfFormDoNotCountIfTheFileSaysSo(String form, String one, String other)
      throws Exception {
    providers(HONEST, HONEST, HONEST);
    var yaml =
        """
        version: 1
        name: forms
        params: { seen: x }
        split: { range: { from: 0, to: 6, step: 1, as: [n, size] } }
        timeout: { negotiate: 5s }
        run: |
          if mkdir "$seen/$n" 2>&1; then
            ONE > "$out"
          else
            OTHER > "$out"
          fi
        merge: concat
        output: all.txt
        """;
    yaml =
        yaml.replace("ONE", one.replace("\\\\", "\\"))
            .replace("OTHER", other.replace("\\\\", "\\"));
    project.file("seen/x", "").file("again/x", "");
    project.params.put("seen", folder.resolve("seen").toString());

    project.succeed(yaml + "verify: { copies: 2, compare: " + form + " }\n");

    assertThat(banned()).isEmpty();
    assertThat(project.events(RunEvent.ChecksQueued.class)).isNotEmpty();

    project.params.put("seen", folder.resolve("again").toString());
    var strict = project.run(yaml.replace("to: 6", "to: 1") + "verify: { copies: 2 }\n");

    assertThat(strict.failure()).isNull();
    assertThat(banned()).hasSize(1);
  }

  private static final String IN_TURN =
      """
      version: 1
      name: turns
      params: { seen: x }
      split: { range: { from: 0, to: 3, step: 1, as: [n, size] } }
      retry: { attempts: 3, backoff: 1s }
      timeout: { negotiate: 5s }
      run: |
        turn=1
        until mkdir "$seen/$n.$turn" 2>&1; do turn=$((turn + 1)); done
        case $turn in SECOND) echo '[1.0e99999]' ;; *) echo '[1e99999]' ;; esac > "$out"
      verify: { copies: 2, compare: json }
      merge: concat
      output: all.txt
      """;

  @Test
  void whatCannotBeComparedIsTriedOnceMoreAndSpeaksAgainstNobody() throws Exception {
    providers(HONEST, HONEST, HONEST, HONEST);
    project.file("seen/x", "");
    project.params.put("seen", folder.resolve("seen").toString());
    project.succeed(IN_TURN.replace("SECOND", "2"));
    assertThat(project.read("all.txt")).isEqualTo("[1e99999]\n".repeat(3));
    assertThat(banned()).isEmpty();
    assertThat(failures()).hasSize(3).allMatch(failed -> failed.fragment() < 3);
    assertThat(failures()).extracting(RunEvent.AttemptFailure::failure).allMatch(this::isUnlike);
  }

  @Test
  void whatCanNeverBeComparedFailsTheFragmentAndNotItsMachines() throws Exception {
    providers(HONEST, HONEST, HONEST, HONEST);
    project.file("seen/x", "");
    project.params.put("seen", folder.resolve("seen").toString());
    var end = project.run(IN_TURN.replace("SECOND", "2 | 3 | 4 | 5 | 6"));
    assertThat(end.exitCode()).isEqualTo(1);
    assertThat(project.events(RunEvent.FragmentFailed.class))
        .isNotEmpty()
        .extracting(RunEvent.FragmentFailed::failure)
        .allMatch(this::isUnlike);
    assertThat(banned()).isEmpty();
    assertThat(project.read("all.txt")).isNull();
    assertThat(project.openAgreements).isZero();
  }

  private List<RunEvent.AttemptFailure> failures() {
    return project.events(RunEvent.BatchFinished.class).stream()
        .flatMap(batch -> batch.failed().stream())
        .toList();
  }

  private boolean isUnlike(Failure failure) {
    return failure.kind() == FailureKind.COMMAND
        && failure.message().startsWith("Its output cannot be compared with");
  }

  @Test
  void whatIsNeverTheSameIsMissingFromAResultThatKeepsGoing() throws Exception {
    providers(HONEST, HONEST, HONEST, HONEST, HONEST);
    var end =
        project.run(
            """
            version: 1
            name: random
            split: { range: { from: 0, to: 4, step: 1, as: [n, size] } }
            retry: { attempts: 2, keep_going: true }
            timeout: { negotiate: 5s }
            run: |
              echo "$n" > "$out"
              [ "$n" != 2 ] || cat /proc/sys/kernel/random/uuid > "$out"
            verify: { copies: 2 }
            merge: concat
            output: all.txt
            """);
    assertThat(end.failure()).isNull();
    assertThat(end.exitCode()).isEqualTo(6);
    assertThat(end.fragmentsMissing()).isEqualTo(1);
    assertThat(project.read("all.txt")).isEqualTo("0\n1\n3\n");
    assertThat(banned()).isEmpty();
  }
}
