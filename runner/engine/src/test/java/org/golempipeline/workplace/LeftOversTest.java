package org.golempipeline.workplace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.golempipeline.filelock.SystemLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftOversTest {
  @TempDir Path own;
  @TempDir Path memory;

  @Test
  void thereIsNothingWhereNothingRan() throws IOException {
    assertThat(LeftOvers.in(own, memory)).isEqualTo(new LeftOvers(0, java.util.List.of()));
  }

  @Test
  void ofAPlanNothingStaysAndOfARunWhatItSaid() throws IOException {
    write(own, "runs/planned/lock", "");
    write(own, "runs/planned/work/split-a/0", "12345");
    write(own, "runs/begun/journal.ndjson", "{}");
    write(own, "runs/begun/logs/a/0.log", "why");
    write(own, "runs/begun/work/x", "123");
    write(own, "runs/begun/staged/y", "12");
    write(own, "runs/over/journal.ndjson", "{}");
    write(own, "plans/killed/work/split-a/0", "");
    var left = LeftOvers.in(own, memory);

    assertThat(left.commands()).isEqualTo(3);
    assertThat(left.bytes()).isEqualTo(10);
    left.remove();
    try (var files = Files.walk(own)) {
      assertThat(files.filter(Files::isRegularFile))
          .containsExactlyInAnyOrder(
              own.resolve("runs/begun/journal.ndjson"),
              own.resolve("runs/begun/logs/a/0.log"),
              own.resolve("runs/over/journal.ndjson"));
    }
    assertThat(own.resolve("runs/begun/work")).doesNotExist();
    assertThat(LeftOvers.in(own, memory).commands()).isZero();
  }

  @Test
  void whatProvidersLeftInMemoryGoesWhenTheirNodeIsDead() throws IOException {
    write(memory, "golem-pipeline-dead/node-1/lock", "1234567");
    write(memory, "golem-pipeline-dead/node-1/a1/golem/work/big", "12345");
    write(memory, "golem-pipeline-beginning/node-1/lock", "");
    write(memory, "golem-pipeline-empty/other", "");
    write(memory, "of-another-program/node-1/lock", "1234567");
    write(own, "node/run-1/node-2/lock", "1234567");
    var alive = memory.resolve("golem-pipeline-alive/node-1/lock");
    Files.createDirectories(alive.getParent());
    try (var lock = SystemLock.tryNamed(alive, "").orElseThrow()) {
      var left = LeftOvers.in(own, memory);
      assertThat(left.folders())
          .containsExactlyInAnyOrder(
              memory.resolve("golem-pipeline-dead"), own.resolve("node/run-1"));
      assertThat(left.commands()).isEqualTo(2);
      left.remove();
    }
    assertThat(memory.resolve("golem-pipeline-dead")).doesNotExist();
    assertThat(memory).isDirectoryContaining(each -> each.endsWith("golem-pipeline-beginning"));
  }

  @Test
  void whatALivingCommandHasIsNotLeftOver() throws IOException {
    write(own, "runs/alive/work/split-a/0", "");
    try (var lock = SystemLock.tryExclusive(own.resolve("runs/alive/lock")).orElseThrow()) {
      assertThat(LeftOvers.in(own, memory).commands()).isZero();
    }
    try (var folder = new WorkFolder(own, "runs", "planning", false).claim()) {
      write(own, "runs/planning/work/split-a/0", "");
      assertThat(LeftOvers.in(own, memory).folders()).containsExactly(own.resolve("runs/alive"));
    }
    assertThat(own.resolve("runs/planning")).doesNotExist();
  }

  @Test
  void linksAreNotFollowed() throws IOException {
    var elsewhere = write(own, "elsewhere/work/precious", "").getParent();
    Files.createDirectories(own.resolve("runs/a/work"));
    Files.createSymbolicLink(own.resolve("runs/a/work/link"), elsewhere);
    Files.createSymbolicLink(own.resolve("runs/link"), elsewhere.getParent());
    Files.createDirectory(own.resolve("runs/b"));
    Files.createSymbolicLink(own.resolve("runs/b/work"), elsewhere);
    LeftOvers.in(own, memory).remove();

    assertThat(elsewhere.resolve("precious")).exists();
    assertThat(own.resolve("runs/a")).doesNotExist();
    assertThat(own.resolve("runs/link/work/precious")).exists();
  }

  private static Path write(Path folder, String name, String content) throws IOException {
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }
}
