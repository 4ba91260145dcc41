package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs that go on without whoever started them. */
@Timeout(240)
class DetachedIT {
  private static final String PROGRAM = "golem-pipeline.program";

  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void writeLauncher() throws IOException {
    workspace = new Workspace(folder);
    var words =
        ChildJvm.program().stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
    var launcher =
        workspace.write(
            "launcher", "#!/bin/sh\nexport LC_ALL=C.UTF-8\nexec %s \"$@\"\n".formatted(words));
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    System.setProperty(PROGRAM, launcher.toString());
  }

  @AfterEach
  void forgetLauncher() {
    System.clearProperty(PROGRAM);
  }

  @Test
  void goesOnInASessionOfItsOwnAndIsWatched() throws Exception {
    workspace.write(
        "a b/waits.yaml",
        """
        version: 1
        name: waits
        params: { go: "" }
        run: |
          while [ ! -e "$go" ]; do sleep 0.1; done
          echo 42 > "$out"
        merge: value
        """);
    var go = folder.resolve("go");

    var ran = workspace.run("run", "a b/waits.yaml", "--detach", "-p", "go=" + go);

    assertThat(ran.exitCode()).as(ran.err()).isZero();
    var id = ran.out().strip();
    var run = folder.resolve("a b/.golem-pipeline/runs").resolve(id);
    var pid = Files.readString(run.resolve("process")).split(" ", 2)[0];
    assertThat(ran.err().lines().toList())
        .containsExactly(
            "Run %s goes on without this terminal, as process %s.".formatted(id, pid),
            "  output  a b/.golem-pipeline/runs/%s/stdout.txt, and stderr.txt beside it"
                .formatted(id),
            "  watch   golem-pipeline watch %s --in 'a b'".formatted(id),
            "  stop    golem-pipeline stop %s --in 'a b'".formatted(id));
    assertThat(folder.resolve("a b/.golem-pipeline/starts")).doesNotExist();
    assertThat(workspace.run("runs", "a b").out()).contains("still running");
    assumeThat(Path.of("/proc/self/stat")).exists();
    // Behind the name in brackets: state, parent, group and session.
    var stat = Files.readString(Path.of("/proc", pid, "stat")).replaceFirst("^.*\\) ", "");
    assertThat(stat.split(" ")[3]).isEqualTo(pid);
    assertThat(Path.of("/proc", pid, "fd", "0").toRealPath()).isEqualTo(Path.of("/dev/null"));

    Files.createFile(go);

    assertThat(workspace.run("watch", id, "--in", "a b").exitCode()).isZero();
    ChildJvm.await("its process to end", () -> ProcessHandle.of(Long.parseLong(pid)).isEmpty());
    assertThat(run.resolve("stdout.txt")).hasContent("42");
    assertThat(run.resolve("stderr.txt")).content().contains("waits: done");
  }

  @Test
  void whatIsRefusedSaysSoHereAndLeavesNothing() throws Exception {
    workspace.write("wrong.yaml", "version: 1\nname: wrong\nrun: echo\nsplit: many\n");

    var ran = workspace.run("run", "--detach", "wrong.yaml");

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("wrong.yaml:4:", "error:").doesNotContain("goes on");
    assertThat(folder.resolve(".golem-pipeline")).doesNotExist();

    var piped = workspace.run("run", "--detach", "-");
    assertThat(piped.exitCode()).isEqualTo(2);
    assertThat(piped.err()).contains("`--detach` leaves standard input behind.");
  }
}
