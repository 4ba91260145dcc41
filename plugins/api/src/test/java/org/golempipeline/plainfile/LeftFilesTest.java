package org.golempipeline.plainfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
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

  @Test
  void countsFilesAndNeitherLinksNorWhatIsForbidden() throws Exception {
    var left = Files.createDirectory(folder.resolve("left"));
    var file = Files.writeString(left.resolve("file"), "12345");
    Files.writeString(Files.createDirectory(left.resolve("deeper")).resolve("file"), "12");
    Files.createSymbolicLink(left.resolve("to-a-file"), file);
    Files.createSymbolicLink(left.resolve("to-a-folder"), folder);
    var pipe = left.resolve("pipe").toString();
    assertThat(new ProcessBuilder("mkfifo", pipe).start().waitFor()).isZero();
    var closed = Files.createDirectory(left.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));

    assertThat(LeftFiles.bytes(left)).isEqualTo(7);
    assertThat(LeftFiles.bytes(file)).isEqualTo(5);
    assertThat(LeftFiles.bytes(folder.resolve("none"))).isZero();
  }

  @Test
  void twoMayRemoveTheSame() throws Exception {
    var left = Files.createDirectory(folder.resolve("left"));
    for (var i = 0; i < 300; i++) {
      Files.createFile(Files.createDirectories(left.resolve(i + "/a")).resolve("file"));
    }
    var other = CompletableFuture.supplyAsync(() -> LeftFiles.removeQuietly(left));
    assertThat(LeftFiles.removeQuietly(left)).isTrue();
    assertThat(other.get()).isTrue();
    assertThat(left).doesNotExist();
  }

  @Test
  void aFolderThatIsNotThereHoldsNothing() throws Exception {
    assertThat(LeftFiles.inside(folder.resolve("none"))).isEmpty();
  }
}
