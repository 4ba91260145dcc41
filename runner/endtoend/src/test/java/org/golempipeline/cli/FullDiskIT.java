package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.golempipeline.cli.terminal.ExitCodes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Disks of a few megabytes that fill up: the run says where on this machine, blames no provider,
 * and leaves nothing that is half written. Only root may make such disks, and only outside of most
 * containers; elsewhere this is left out.
 */
@Timeout(240)
class FullDiskIT {
  @TempDir Path folder;
  private final List<Path> disks = new ArrayList<>();

  private Path disk(String path) throws Exception {
    var disk = Files.createDirectories(folder.resolve(path));
    assumeThat(mount("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk.toString()))
        .as("disks can be mounted")
        .isTrue();
    disks.add(disk);
    return disk;
  }

  private static boolean mount(String... words) throws Exception {
    try {
      return new ProcessBuilder(words)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (java.io.IOException e) {
      return false; // There is no such program.
    }
  }

  @AfterEach
  void unmount() throws Exception {
    for (var disk : disks) {
      assertThat(mount("umount", "-l", disk.toString())).isTrue();
    }
  }

  private static Workspace.Ran fails(Workspace workspace, Path place, String... command) {
    var ran = workspace.run(command);
    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCodes.FAILED);
    assertThat(ran.err())
        .containsIgnoringCase("no space left on device")
        .contains(place.toString(), "hint: Make room there")
        .doesNotContain("rovider could not", "Exception");
    return ran;
  }

  @Test
  void resultsCannotBeKept() throws Exception {
    var disk = disk("small");
    var workspace = new Workspace(disk);
    workspace.write(
        "large.yaml",
        """
        version: 1
        name: large
        matrix: { i: 1..4 }
        run: 'echo "$i" > "$out"; head -c 3000000 /dev/zero >> "$out"'
        output: aus/
        """);

    fails(workspace, disk, "run", "large.yaml");
    assertThat(disk.resolve("aus")).doesNotExist();

    assertThat(mount("mount", "-o", "remount,size=64m", disk.toString())).isTrue();
    var ran = workspace.run("run", "large.yaml");
    assertThat(ran.exitCode()).as(ran.err()).isZero();
    for (var i = 0; i < 4; i++) {
      assertThat(disk.resolve("aus/" + i)).hasSize(3_000_002);
    }
  }

  @Test
  void aResultCannotBePublished() throws Exception {
    var disk = disk("small");
    var workspace = new Workspace(disk);
    var pipeline =
        """
        version: 1
        name: joined
        matrix: { i: 1..2 }
        run: 'echo "$i" > "$out"; head -c %d /dev/zero >> "$out"'
        merge: concat
        output: joined.bin
        """;
    workspace.write("joined.yaml", pipeline.formatted(1));
    assertThat(workspace.run("run", "joined.yaml").exitCode()).isZero();
    assertThat(workspace.read("joined.bin")).isEqualTo("1\n\0002\n\0");

    workspace.write("joined.yaml", pipeline.formatted(2_500_000));
    fails(workspace, disk, "run", "joined.yaml");
    assertThat(workspace.read("joined.bin")).isEqualTo("1\n\0002\n\0");

    assertThat(mount("mount", "-o", "remount,size=64m", disk.toString())).isTrue();
    var ran = workspace.run("run", "joined.yaml");
    assertThat(ran.exitCode()).as(ran.err()).isZero();
    assertThat(ran.err()).contains("all 2 fragments reused");
    assertThat(disk.resolve("joined.bin")).hasSize(5_000_004);
  }

  @Test
  void aResultCannotBePublishedOnAnotherDisk() throws Exception {
    var workspace = new Workspace(folder);
    var disk = disk("aus");
    workspace.write(
        "large.yaml",
        """
        version: 1
        name: large
        run: head -c 12000000 /dev/zero > "$out"
        output: aus/large.bin
        """);

    fails(workspace, disk, "run", "large.yaml");
    assertThat(disk).isEmptyDirectory();
  }

  @Test
  void fragmentsHaveNoRoomToWork() throws Exception {
    var workspace = new Workspace(folder);
    var disk = disk(".golem-pipeline/node");
    Files.write(folder.resolve("in.bin"), new byte[10_000_000]);
    workspace.write(
        "copy.yaml",
        """
        version: 1
        name: copy
        input: in.bin
        resources: { storage: 4000GiB }
        run: cp "$in" "$out"
        output: out.bin
        """);

    var ran = fails(workspace, disk, "run", "copy.yaml");
    assertThat(ran.err()).contains("Stage `copy`: nothing more can be written in `");
    assertThat(folder.resolve("out.bin")).doesNotExist();
  }
}
