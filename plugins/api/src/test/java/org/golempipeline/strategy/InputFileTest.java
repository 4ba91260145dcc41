package org.golempipeline.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class InputFileTest {
  @TempDir Path folder;

  @Test
  void isOpenedWhereItsContentIs() throws Exception {
    var file = Files.writeString(folder.resolve("pack"), "one two");
    try (var channel = new InputFile(file, 4, 3, "two.txt").open()) {
      var content = ByteBuffer.allocate(3);
      channel.read(content, 4);
      assertThat(new String(content.array(), "US-ASCII")).isEqualTo("two");
    }
  }

  @Test
  void isNotWaitedForIfItBecameAPipeOrAFolder() throws Exception {
    var file = folder.resolve("in");
    var input = new InputFile(file, 0, 3, "in");
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
    assertThatThrownBy(input::open).hasMessageContaining("is a pipe");
    Files.delete(file);
    Files.createDirectory(file);
    assertThatThrownBy(input::open).hasMessageContaining("is a folder");
  }
}
