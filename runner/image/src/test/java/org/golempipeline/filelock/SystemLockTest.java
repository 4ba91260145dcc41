package org.golempipeline.filelock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemLockTest {
  @TempDir Path folder;

  @Test
  void lookingAtALockNeitherTakesNorLosesIt() throws IOException {
    var file = folder.resolve("it's new/lock");
    assertThat(SystemLock.isHeld(file)).isFalse();
    assertThat(folder).isEmptyDirectory();

    try (var lock = SystemLock.tryNamed(file, "").orElseThrow()) {
      assertThat(SystemLock.isHeld(file)).isTrue();
      assertThat(SystemLock.tryNamed(file, "")).isEmpty();
      assertThat(Files.readString(file)).isEqualTo(ProcessHandle.current().pid() + "\n");
    }

    assertThat(SystemLock.isHeld(file)).isFalse();
    SystemLock.tryNamed(file, "").orElseThrow().close();
    assertThat(file).exists();
  }

  @Test
  void severalShareALockThatNobodyHasForItself() throws IOException {
    var file = folder.resolve("lock");
    var first = SystemLock.shared(file);
    var second = SystemLock.shared(file);

    assertThat(SystemLock.tryExclusive(file)).isEmpty();
    first.close();
    first.close();
    assertThat(SystemLock.tryExclusive(file)).isEmpty();
    second.close();
    SystemLock.tryExclusive(file).orElseThrow().close();
  }

  @Test
  void aFullDiskIsSaidWithItsPlace() throws Exception {
    var disk = Files.createDirectory(folder.resolve("disk"));
    assumeThat(does("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", disk.toString()))
        .as("may mount a disk")
        .isTrue();
    try {
      Files.write(disk.resolve("all of it"), new byte[4096]);
      var lock = disk.resolve("lock");
      assertThatThrownBy(() -> SystemLock.tryNamed(lock, "somebody"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("`%s` cannot be written: ".formatted(lock));
    } finally {
      assertThat(does("umount", disk.toString())).isTrue();
    }
  }

  @Test
  void aDeviceIsNoPlaceForALock() {
    assertThatThrownBy(() -> SystemLock.tryNamed(Path.of("/dev/null"), "somebody"))
        .isInstanceOf(IOException.class)
        .hasMessage("/dev/null: is a pipe, a socket or a device, not a file");
  }

  private static boolean does(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }
}
