package org.golempipeline.plainfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(folder.resolve("file"), "before");
  }

  private void assertOnlyTheFile(String content) {
    assertThat(file).hasContent(content);
    assertThat(folder).isDirectoryNotContaining(each -> !each.equals(file));
  }

  @Test
  void replacesAFile() throws IOException {
    WholeFile.write(file, "after");

    assertOnlyTheFile("after");
  }

  @Test
  void leavesNothingOfAContentThatFails() {
    assertThatThrownBy(
            () ->
                WholeFile.write(
                    file,
                    target -> {
                      target.write(new byte[1 << 17]);
                      throw new IOException("no more");
                    }))
        .hasMessage("no more");

    assertOnlyTheFile("before");
  }

  @Test
  void leavesAloneWhatSomebodyElseIsAboutToWrite() throws IOException {
    var theirs = Files.writeString(folder.resolve("theirs"), "half");

    assertThatThrownBy(() -> WholeFile.write(theirs, file, target -> target.write(1)))
        .isInstanceOf(FileAlreadyExistsException.class);

    assertThat(theirs).hasContent("half");
    assertThat(file).hasContent("before");
  }

  @Test
  void copiesWithPermissionsAndTimes(@TempDir Path other) throws IOException {
    var from = Files.writeString(other.resolve("from"), "after");
    Files.setLastModifiedTime(from, FileTime.fromMillis(1_000_000));
    Files.setPosixFilePermissions(from, PosixFilePermissions.fromString("r-xr-x---"));

    WholeFile.copy(from, file);

    assertOnlyTheFile("after");
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(FileTime.fromMillis(1_000_000));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("r-xr-x---");
    assertThat(from).hasContent("after");
  }

  @Test
  void leavesNothingOfACopyThatFails() throws IOException {
    assertThatThrownBy(() -> WholeFile.copy(folder.resolve("none"), file))
        .isInstanceOf(NoSuchFileException.class);
    assertOnlyTheFile("before");

    Files.createDirectories(folder.resolve("full/of"));
    assertThatThrownBy(() -> WholeFile.copy(file, folder.resolve("full")))
        .isInstanceOf(IOException.class);
    assertThat(folder).isDirectoryNotContaining(each -> each.toString().contains("/."));
  }
}
