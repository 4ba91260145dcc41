package org.golempipeline.workplace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.golempipeline.filelock.SystemLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftOversTest {
  /** But for its last digit, the name of a folder that a run chose. */
  private static final String RUN = "golem-pipeline-12345678-9abc-def0-1234-56789abcdef";

  private static final int NOBODY = 65_534;

  @TempDir Path own;
  @TempDir Path memory;

  @Test
  void thereIsNothingWhereNothingRan() throws IOException {
    assertThat(LeftOvers.in(own, memory)).isEqualTo(new LeftOvers(0, List.of(), List.of()));
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
    var dead = memory.resolve(RUN + "1");
    var beginning = memory.resolve(RUN + "2");
    write(dead, "node-1/lock", "1234567");
    write(dead, "node-1/a1/golem/work/big", "12345");
    write(beginning, "node-1/lock", "");
    write(own, "node/run-1/node-2/lock", "1234567");
    var alive = memory.resolve(RUN + "3/node-1/lock");
    Files.createDirectories(alive.getParent());
    try (var lock = SystemLock.tryNamed(alive, "").orElseThrow()) {
      var left = LeftOvers.in(own, memory);
      assertThat(left.folders())
          .containsExactly(dead.resolve("node-1"), own.resolve("node/run-1/node-2"));
      assertThat(left.commands()).isEqualTo(2);
      left.remove();
    }
    assertThat(dead).doesNotExist();
    assertThat(own.resolve("node/run-1")).doesNotExist();
    assertThat(beginning).exists();
  }

  @Test
  void aNodeThatDiedInItsFirstMomentsLeftNothing() throws IOException {
    var without = Files.createDirectories(memory.resolve(RUN + "1/node-1"));
    var unnamed = write(memory, RUN + "2/node-2/lock", "").getParent();
    old(without);
    old(unnamed);
    LeftOvers.in(own, memory).remove();

    assertThat(memory).isEmptyDirectory();
  }

  /** As if a sweeper of temporary files took it. */
  @Test
  void aNodeWithoutItsLockMayLive() throws IOException {
    var swept = write(memory, RUN + "1/node-1/a1/golem/work/big", "1");
    var unnamed = write(memory, RUN + "2/node-1/a1/big", "1");
    write(memory, RUN + "2/node-1/lock", "");
    old(memory.resolve(RUN + "1/node-1"));
    old(memory.resolve(RUN + "2/node-1"));
    LeftOvers.in(own, memory).remove();

    assertThat(swept).exists();
    assertThat(unnamed).exists();
  }

  @Test
  void whatOthersHaveIsNotLeftOver() throws IOException {
    var files =
        List.of(
            write(memory, "golem-pipeline-dev/checkout/file", "1"),
            write(memory, "golem-pipeline-dev/node-22/lock", "1234567"),
            write(memory, "of-another-program/node-1/lock", "1234567"),
            write(memory, RUN + "1/node-v22-linux-x64/lock", "1234567"),
            write(memory, RUN + "2/other", "1"));
    Files.createDirectory(memory.resolve("golem-pipeline-dev/node-v22-linux-x64"));
    Files.createDirectory(memory.resolve("golem-pipeline-dev/node-1"));
    Files.createSymbolicLink(memory.resolve(RUN + "3"), memory.resolve("golem-pipeline-dev"));
    for (var folder :
        List.of("golem-pipeline-dev/node-v22-linux-x64", "golem-pipeline-dev/node-1")) {
      old(memory.resolve(folder));
    }
    write(memory, RUN + "2/node-7/lock", "1234567");
    LeftOvers.in(own, memory).remove();

    assertThat(files).allSatisfy(each -> assertThat(each).exists());
    assertThat(memory.resolve("golem-pipeline-dev/node-1")).exists();
    assertThat(memory.resolve("golem-pipeline-dev/node-v22-linux-x64")).exists();
    assertThat(memory.resolve(RUN + "2/node-7")).doesNotExist();
  }

  @Test
  void whatBelongsToAnotherUserIsNotLeftOver() throws IOException {
    var folder = write(memory, RUN + "1/node-1/lock", "1234567").getParent();
    assumeTrue(Files.getAttribute(folder, "unix:uid").equals(0), "we may give nothing away");
    Files.setAttribute(folder, "unix:uid", NOBODY);
    assertThat(LeftOvers.in(own, memory).folders()).isEmpty();
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

  private static void old(Path folder) throws IOException {
    Files.setLastModifiedTime(folder, FileTime.fromMillis(0));
  }

  private static Path write(Path folder, String name, String content) throws IOException {
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }
}
