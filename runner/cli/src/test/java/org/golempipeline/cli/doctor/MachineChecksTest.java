package org.golempipeline.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.golempipeline.cli.doctor.Finding.State;
import org.golempipeline.exeunit.Containers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineChecksTest {
  private static final Runtime.Version JAVA = Runtime.Version.parse("17.0.9+9");
  private static final long MUCH = 4_000_000_000L;

  @TempDir Path folder;

  @Test
  void javaNeedsMemoryForItselfAndForTheProgramsOfFragments() {
    assertThat(MachineChecks.java(JAVA, 512_000_000, MUCH, 4))
        .isEqualTo(
            Finding.ok(
                "java",
                "Java 17.0.9+9 with 512.0 MB for golem-pipeline; 4 processors, 4.0 GB of memory"
                    + " free"));
    assertThat(MachineChecks.java(JAVA, 512_000_000, 0, 1).message()).endsWith("; 1 processor");
    assertThat(MachineChecks.java(JAVA, 64_000_000, MUCH, 4))
        .returns(State.WARNING, Finding::state)
        .extracting(Finding::cure)
        .asString()
        .contains("GOLEM_PIPELINE_JAVA_OPTS");
    assertThat(MachineChecks.java(JAVA, 512_000_000, 100_000_000, 4))
        .returns(State.WARNING, Finding::state)
        .extracting(Finding::cure)
        .asString()
        .contains("--workers 1");
  }

  @Test
  void aShellIsNeededAndTarIsWanted() throws IOException {
    var shell = executable("sh");
    var path = folder + ":relative::" + folder.resolve("absent");
    assertThat(MachineChecks.shell(folder.resolve("absent"), path).state())
        .isEqualTo(State.PROBLEM);
    assertThat(MachineChecks.shell(shell, path))
        .returns(State.WARNING, Finding::state)
        .extracting(Finding::message)
        .asString()
        .contains("no `tar` on the PATH");
    Files.createFile(folder.resolve("tar"));
    assertThat(MachineChecks.shell(shell, path).state()).isEqualTo(State.WARNING);
    var tar = executable("tar");
    assertThat(MachineChecks.shell(shell, path))
        .isEqualTo(Finding.ok("shell", shell + ", and " + tar));
  }

  @Test
  void whatKeepsFragmentsFromRunningInImagesIsSaidWithTheCure() {
    assertThat(MachineChecks.images(Optional.empty()).state()).isEqualTo(State.OK);
    assertThat(
            MachineChecks.images(
                Optional.of(new Containers.Obstacle("unshare failed", "Allow user namespaces."))))
        .isEqualTo(
            Finding.warning(
                "images",
                "Fragments cannot run inside images here, only with this machine's own programs:"
                    + " unshare failed.",
                "Allow user namespaces."));
  }

  @Test
  void aFullDiskIsToldFromOneThatIsAlmostFull() {
    assertThat(MachineChecks.space(folder, MUCH).state()).isEqualTo(State.OK);
    assertThat(MachineChecks.space(folder, 900_000_000).state()).isEqualTo(State.WARNING);
    assertThat(MachineChecks.space(folder, 1_000_000))
        .returns(State.PROBLEM, Finding::state)
        .extracting(Finding::cure)
        .asString()
        .contains("golem-pipeline clean");
  }

  @Test
  void severalDeadRunsAreCounted() throws IOException {
    for (var id : new String[] {"20260101-000000-a", "20260102-000000-b"}) {
      var run = Files.createDirectories(folder.resolve(".golem-pipeline/runs").resolve(id));
      Files.writeString(
          run.resolve("journal.ndjson"),
          """
          {"seq":0,"at":"2026-01-01T00:00:00Z","type":"run-started","runId":"r","pipeline":"p",\
          "file":"p.yaml","target":"golem","sessionId":"s","workers":1,"stages":["p"]}
          {"seq":1,"at":"2026-01-01T00:00:00Z","type":"allocation-requested","amount":1,\
          "timeout":"2026-01-01T05:00:00Z","platform":"erc20-hoodi-tglm"}
          """);
    }
    assertThat(MachineChecks.leftovers(folder))
        .returns(State.PROBLEM, Finding::state)
        .extracting(Finding::message)
        .asString()
        .startsWith("2 runs left things on the network, the last is 20260102-000000-b:");
  }

  private Path executable(String name) throws IOException {
    var file = folder.resolve(name);
    Files.deleteIfExists(file);
    Files.createFile(file);
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }
}
