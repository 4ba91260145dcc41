package org.golempipeline.gvmi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackedImageTest {
  @TempDir Path folder;
  private Path root;

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(folder.toRealPath().resolve("root"));
    Files.writeString(folder.resolve("secret"), "of this machine");
    Files.createDirectories(root.resolve("usr/bin"));
    Files.createDirectories(root.resolve("opt/tool"));
  }

  @Test
  void linksAreFollowedWithinTheImage() throws Exception {
    var file = Files.writeString(root.resolve("opt/tool/data"), "x");
    link("bin", "usr/bin");
    link("usr/bin/data", "/opt/tool/data");
    link("opt/up", "../../../../opt/./tool//data");
    link("abs", "/opt");
    for (var path :
        List.of(
            "/bin/data",
            "bin/data",
            "/opt/up",
            "/abs/tool/data",
            "/../opt/tool/data",
            "/abs/../opt/up")) {
      assertThat(image().find(path)).as(path).contains(file);
    }
    assertThat(image().find("/")).contains(root);
    assertThat(image().find("/bin")).contains(root.resolve("usr/bin"));
  }

  @Test
  void nothingOutsideOfTheImageIsFound() throws Exception {
    link("out", "../secret");
    link("far", folder.resolve("secret").toString());
    link("passwd", "/etc/passwd");
    for (var path : List.of("out", "../secret", "/../../etc/passwd", "far", "passwd")) {
      assertThat(image().find(path)).as(path).isEmpty();
    }
  }

  @Test
  void circlesFilesAsFoldersAndImpossibleNamesAreNotFound() throws Exception {
    link("a", "b");
    link("b", "a");
    Files.writeString(root.resolve("file"), "");
    for (var path : List.of("a", "file/x", "file/..", "none/../file", "x\0y")) {
      assertThat(image().find(path)).as(path).isEmpty();
    }
  }

  @Test
  void programsAreFoundAlongThePathOfTheImage() throws Exception {
    program("usr/bin/tool", "old");
    program("opt/tool/tool", "new");
    program("usr/bin/other", "");
    Files.writeString(root.resolve("usr/bin/notes"), "no program");
    link("bin", "usr/bin");
    link("usr/bin/hidden", "/none");

    assertThat(image().program("tool")).contains(root.resolve("usr/bin/tool"));
    assertThat(image("PATH=/none:/opt/tool:/bin").program("tool"))
        .contains(root.resolve("opt/tool/tool"));
    assertThat(image().program("notes")).isEmpty();
    assertThat(image().program("hidden")).isEmpty();
    assertThat(image().program("/usr/bin")).isEmpty();
    assertThat(image().program("/opt/tool/tool")).contains(root.resolve("opt/tool/tool"));
    assertThat(image().program("tool/tool")).contains(root.resolve("opt/tool/tool"));
    assertThat(image().programs()).containsExactly("other", "tool");
  }

  @Test
  void theMachineOfAProgramIsRead() throws Exception {
    program("usr/bin/script", "#!/bin/sh\necho hello, a rather long script\n");
    var elf = new byte[64];
    System.arraycopy(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}, 0, elf, 0, 7);
    elf[18] = (byte) 183;
    Files.write(program("usr/bin/sh", ""), elf);
    link("bin", "usr/bin");
    assertThat(image().machine()).contains("aarch64");
    elf[5] = 2;
    elf[18] = 0;
    elf[19] = 22;
    Files.write(root.resolve("usr/bin/sh"), elf);
    assertThat(image().machine()).contains("s390x");
    assertThat(UnpackedImage.machine(root.resolve("usr/bin/script"))).isEmpty();
    assertThat(UnpackedImage.machine(root.resolve("none"))).isEmpty();
  }

  @Test
  void theMachineOfThisOnesShellIsItsOwn() throws Exception {
    var here = Machine.run(folder, "uname", "-m").strip();
    assertThat(UnpackedImage.machine(Path.of("/bin/sh").toRealPath())).contains(here);
  }

  private UnpackedImage image(String... env) {
    return new UnpackedImage(
        root,
        new ImageConfiguration(
            List.of(env), Optional.empty(), List.of(), Optional.of("/opt"), List.of(), List.of()));
  }

  private void link(String name, String target) throws IOException {
    Files.createSymbolicLink(root.resolve(name), Path.of(target));
  }

  private Path program(String name, String text) throws IOException {
    var file = Files.writeString(root.resolve(name), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
