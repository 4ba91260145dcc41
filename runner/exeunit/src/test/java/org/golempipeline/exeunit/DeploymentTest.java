package org.golempipeline.exeunit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.golempipeline.golem.wire.ExeCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** For programs of this machine, which have no file system of their own. */
class DeploymentTest {
  @TempDir private Path root;

  @Test
  void aVolumeMayHaveAnyNameSinceNothingIsPutThere() throws Exception {
    var deployment =
        Deployment.create(root, ExeCommand.Deploy.withFolders(List.of("/dev/shm", "/a/../b")));
    assertThat(deployment.file("/dev/shm/x")).isEqualTo(root.resolve("dev/shm/x"));
    assertThat(deployment.here("ls /dev/shm")).isEqualTo("ls " + root.resolve("dev/shm"));
    assertThat(root.resolve("b")).isDirectory();
  }

  @Test
  void namesThatLeadOutAreRefused() {
    for (String name : List.of("/../../etc", "relative", "/", "/a/..", "/a\nb")) {
      var deploy = ExeCommand.Deploy.withFolders(List.of(name));
      assertThatThrownBy(() -> Deployment.create(root, deploy))
          .as(name)
          .isInstanceOf(CommandException.class)
          .hasMessage("Runtime error: Invalid volume path: " + name);
    }
  }
}
