package org.golempipeline.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import org.golempipeline.gvmi.ImageStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepairsTest {
  private final Repairs wanted = new Repairs(true);
  private final Repairs only = new Repairs(false);

  /** But for its last digit, the name of a folder that {@code node} chose. */
  private static final String NODE = "golem-pipeline-node-12345678-9abc-def0-1234-56789abcdef";

  @TempDir Path folder;

  @Test
  void aMissingFolderForTemporaryFilesIsMadeIfThatIsWanted() {
    var missing = folder.resolve("a/b");
    assertThat(only.temporary(missing))
        .returns(Finding.State.PROBLEM, Finding::state)
        .extracting(Finding::cure)
        .asString()
        .startsWith("`golem-pipeline doctor --fix` makes it");
    assertThat(missing).doesNotExist();

    assertThat(wanted.temporary(missing).message()).startsWith("made " + missing);
    assertThat(missing).isEmptyDirectory();
    assertThat(wanted.temporary(missing)).isEqualTo(only.temporary(missing));
    assertThat(wanted.temporary(missing).state()).isEqualTo(Finding.State.OK);
  }

  @Test
  void whatNodesLeftThatWereKilledAtOnceIsRemoved() throws IOException {
    var dead = Files.createDirectories(folder.resolve(NODE + "1/node-1"));
    Files.writeString(dead.resolve("lock"), "1");
    var unnamed = Files.createDirectories(folder.resolve(NODE + "2/node-2"));
    Files.setLastModifiedTime(unnamed, FileTime.fromMillis(0));
    var starting = Files.createDirectories(folder.resolve(NODE + "3/node-3"));
    var foreign = Files.createDirectories(folder.resolve("theirs/node-4"));
    Files.writeString(foreign.resolve("lock"), "1");
    try (var images = new ImageStore(folder.resolve("images"), Clock.systemUTC())) {
      assertThat(only.scratch(folder.resolve("own"), folder, images).state())
          .isEqualTo(Finding.State.WARNING);
      assertThat(dead).exists();
      assertThat(wanted.scratch(folder.resolve("own"), folder, images).message())
          .startsWith("removed ");
    }
    assertThat(dead.getParent()).doesNotExist();
    assertThat(unnamed.getParent()).doesNotExist();
    assertThat(starting).exists();
    assertThat(foreign).exists();
  }

  @Test
  void whatIsNoFolderIsLeftAlone() throws IOException {
    var file = Files.writeString(folder.resolve("file"), "x");
    assertThat(wanted.temporary(file))
        .returns(Finding.State.PROBLEM, Finding::state)
        .returns("Set `TMPDIR` to a folder that can.", Finding::cure);
    assertThat(wanted.temporary(file.resolve("below")).message()).startsWith("Could not make `");
    assertThat(file).hasContent("x");
  }
}
