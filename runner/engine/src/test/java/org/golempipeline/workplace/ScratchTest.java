package org.golempipeline.workplace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScratchTest {
  @Test
  void takesMemoryOnlyWhereProgramsMayRun() {
    var root = "/dev/vda / ext4 rw,relatime 0 0";
    assertThat(Scratch.isExecutableMemory(List.of(root, "tmpfs /dev/shm tmpfs rw,nosuid 0 0")))
        .isTrue();
    assertThat(Scratch.isExecutableMemory(List.of(root, "shm /dev/shm tmpfs rw,noexec 0 0")))
        .isFalse();
    assertThat(Scratch.isExecutableMemory(List.of(root, "/dev/vdb /dev/shm ext4 rw 0 0")))
        .isFalse();
    assertThat(Scratch.isExecutableMemory(List.of(root))).isFalse();
  }

  @Test
  void readsHowMuchMemoryThereIs() {
    assertThat(Scratch.available(List.of("MemTotal: 5 kB", "MemAvailable:   2048 kB")))
        .isEqualTo(2048 * 1024);
    assertThat(Scratch.available(List.of())).isZero();
  }
}
