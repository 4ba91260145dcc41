package org.golempipeline.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderStateTest {
  @TempDir Path folder;

  private FolderState look(int most) throws IOException {
    return FolderState.of(folder, most, name -> !name.equals("not this"));
  }

  @Test
  void namesWhatIsNewOtherOrGone() throws IOException {
    Files.writeString(folder.resolve("stays"), "1");
    Files.writeString(folder.resolve("grows"), "1");
    Files.writeString(folder.resolve("goes"), "1");
    Files.createDirectory(folder.resolve("not this"));
    var before = look(100);

    Files.writeString(folder.resolve("grows"), "12");
    Files.delete(folder.resolve("goes"));
    Files.createDirectories(folder.resolve("new/deep"));
    Files.writeString(folder.resolve("new/deep/file"), "1");
    Files.writeString(folder.resolve("-strange $(name)\n"), "1");
    Files.writeString(folder.resolve("not this/file"), "1");

    assertThat(before.changes(look(100)))
        .containsExactly(
            "`-strange $(name)\n` is new", "`grows` changed", "`new/` is new", "`goes` is gone");
  }

  @Test
  void ofAFolderWithTooManyFilesNothingIsSaid() throws IOException {
    var before = look(1);
    Files.writeString(folder.resolve("a"), "1");
    Files.writeString(folder.resolve("b"), "1");

    assertThat(before.changes(look(1))).isEmpty();
  }
}
