package org.golempipeline.plainfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class LeftFilesTest {
  @TempDir Path folder;

  @Test
  void removesWhateverAProgramLeaves() throws Exception {
    var kept = Files.writeString(folder.resolve("kept"), "x");
    var left = Files.createDirectory(folder.resolve("left"));
    var closed = Files.createDirectories(left.resolve("a/closed"));
    Files.writeString(closed.resolve("file"), "x");
    Files.createSymbolicLink(closed.resolve("to-a-file"), kept);
    Files.createSymbolicLink(closed.resolve("to-a-folder"), folder);
    Files.createSymbolicLink(closed.resolve("to-nowhere"), Path.of("nowhere"));
    var pipe = closed.resolve("pipe").toString();
    assertThat(new ProcessBuilder("mkfifo", pipe).start().waitFor()).isZero();
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));

    LeftFiles.remove(left);

    assertThat(left).doesNotExist();
    assertThat(kept).exists();
  }

  @Test
  void whatIsNotThereIsNoTrouble() {
    assertThat(LeftFiles.removeQuietly(folder.resolve("none"))).isTrue();
  }

  @Test
  void saysWhatCannotBeRemoved() {
    assertThat(LeftFiles.removeQuietly(Path.of("/proc/self/status"))).isFalse();
  }
}
