package org.golempipeline.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepairsTest {
  private final Repairs wanted = new Repairs(true);
  private final Repairs only = new Repairs(false);

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
  void whatIsNoFolderIsLeftAlone() throws IOException {
    var file = Files.writeString(folder.resolve("file"), "x");
    assertThat(wanted.temporary(file))
        .returns(Finding.State.PROBLEM, Finding::state)
        .returns("Set `TMPDIR` to a folder that can.", Finding::cure);
    assertThat(wanted.temporary(file.resolve("below")).message()).startsWith("Could not make `");
    assertThat(file).hasContent("x");
  }
}
