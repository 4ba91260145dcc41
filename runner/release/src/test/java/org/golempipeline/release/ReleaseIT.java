package org.golempipeline.release;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a release is made of, put where only its owner may write and used by somebody else, without
 * Maven. Where nobody but root is there, that is the user with the number 65534.
 */
@Timeout(300)
class ReleaseIT {
  private static final Path RELEASE = Path.of(System.getProperty("golem-pipeline.release"));
  private static final String NAME =
      "golem-pipeline-" + System.getProperty("golem-pipeline.version");

  @TempDir Path temporary;
  private Path installed;
  private Path home;

  @BeforeEach
  void makeFolders() throws Exception {
    installed = Files.createDirectory(temporary.resolve("in stalled"));
    home = Files.createDirectory(temporary.resolve("ho me"));
    owner("chmod", "755", temporary.toString());
    owner("chmod", "1777", home.toString());
  }

  @AfterEach
  void letItBeDeleted() throws Exception {
    owner("chmod", "-R", "u+w", installed.toString());
  }

  @Test
  void theArchiveRunsFromAFolderThatNobodyMayWrite() throws Exception {
    owner("tar", "xf", RELEASE.resolve(NAME + ".tar.gz").toString(), "-C", installed.toString());
    owner("chmod", "-R", "a-w", installed.toString());
    var launcher = installed.resolve(NAME).resolve("golem-pipeline");

    runsTheExample(launcher, installed.resolve(NAME));

    assertThat(home.resolve(".cache/golem-pipeline"))
        .as("the class-data archive is where its user may write")
        .isDirectoryContaining(file -> file.getFileName().toString().endsWith(".jsa"));
  }

  @Test
  void theZipHoldsTheSame() throws Exception {
    owner("tar", "xf", RELEASE.resolve(NAME + ".tar.gz").toString(), "-C", installed.toString());
    var zip = Files.createDirectory(installed.resolve("zip"));
    execute(
        zip.toFile(),
        List.of(
            javaHome().resolve("bin/jar").toString(),
            "xf",
            RELEASE.resolve(NAME + ".zip").toString()));

    owner("diff", "-r", installed.resolve(NAME).toString(), zip.resolve(NAME).toString());
  }

  @Test
  void theDebianPackageRunsAndCompletes() throws Exception {
    var deb = RELEASE.resolve(NAME.replace("line-", "line_") + "_all.deb");
    owner("dpkg-deb", "--extract", deb.toString(), installed.toString());
    owner("chmod", "-R", "a-w", installed.toString());

    runsTheExample(
        installed.resolve("usr/bin/golem-pipeline"), installed.resolve("usr/share/golem-pipeline"));

    var completed =
        user(
            "bash",
            "-c",
            """
            PATH=$0/usr/bin:$PATH
            . "$0/usr/share/bash-completion/completions/golem-pipeline"
            complete -p golem-pipeline
            """,
            installed.toString());
    assertThat(completed).contains("golem-pipeline");
    if (Files.isExecutable(Path.of("/usr/bin/fish"))) {
      var offered =
          user(
              "env",
              "XDG_DATA_DIRS=" + installed.resolve("usr/share"),
              "PATH=" + installed.resolve("usr/bin") + ":/usr/bin:/bin",
              "fish",
              "-c",
              "complete -C 'golem-pipeline chec'");
      assertThat(offered).startsWith("check\t");
    }
    var page = installed.resolve("usr/share/man/man1/golem-pipeline-image-build.1.gz");
    assertThat(user("zcat", page.toString()))
        .startsWith(".TH \"GOLEM\\-PIPELINE\\-IMAGE\\-BUILD\"")
        .contains("\\fB\\-\\-largest\\fR");
  }

  /**
   * With what such a system gets from Debian's mirrors; where that is impossible it is left out.
   */
  @Test
  @Timeout(1800)
  void theDebianPackageInstallsOnABareSystem() throws Exception {
    assumeThat(isRoot()).as("a user who may change the root folder").isTrue();
    assumeThat(Path.of("/usr/sbin/debootstrap")).as("debootstrap").isExecutable();
    var root = Files.createDirectory(temporary.resolve("root"));
    var bare = new ProcessBuilder("debootstrap", "--variant=minbase", "stable", root.toString());
    var log = temporary.resolve("debootstrap.log");
    var status = bare.redirectErrorStream(true).redirectOutput(log.toFile()).start().waitFor();
    assumeThat(status).as(() -> text(log)).isZero();
    Files.copy(Path.of("/etc/resolv.conf"), root.resolve("etc/resolv.conf"), REPLACE_EXISTING);
    Files.copy(
        RELEASE.resolve(NAME.replace("line-", "line_") + "_all.deb"), root.resolve("it.deb"));
    // Debian's minimal systems leave manual pages out.
    Files.deleteIfExists(root.resolve("etc/dpkg/dpkg.cfg.d/docker"));

    inside(
        root, "apt-get update -qq; apt-get install -y -qq --no-install-recommends /it.deb man-db");

    var said =
        inside(
            root,
            """
            useradd -m somebody
            cp -r /usr/share/golem-pipeline/pipelines/word-count /home/somebody/wc
            chown -R somebody /home/somebody/wc
            setpriv --reuid=somebody --regid=somebody --clear-groups env -i HOME=/home/somebody \
              PATH=/usr/bin:/bin sh -c 'cd wc || cd /home/somebody/wc; golem-pipeline run pipeline.yaml'
            cmp /home/somebody/wc/result/counts.tsv /home/somebody/wc/expected/counts.tsv && echo right
            man golem-pipeline-image-build
            man golem-pipeline run
            """);
    assertThat(said).contains("right\n", "--largest", "--workers");
    inside(root, "apt-get remove -y -qq golem-pipeline; ! command -v golem-pipeline");
  }

  private String inside(Path root, String script) throws Exception {
    var command =
        List.of(
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--mount-proc=" + root.resolve("proc"),
            "chroot",
            root.toString(),
            "env",
            "DEBIAN_FRONTEND=noninteractive",
            "LC_ALL=C.UTF-8",
            "sh",
            "-eu",
            "-c",
            script);
    return execute(temporary.toFile(), command);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isRoot() throws IOException {
    return Files.getOwner(temporary).getName().equals("root");
  }

  @Test
  void theBillOfMaterialsNamesEveryLibrary() throws Exception {
    owner("tar", "xf", RELEASE.resolve(NAME + ".tar.gz").toString(), "-C", installed.toString());
    var bill = Files.readString(RELEASE.resolve(NAME + "-sbom.cdx.json"));
    try (var jars = Files.list(installed.resolve(NAME).resolve("app/lib"))) {
      assertThat(jars)
          .isNotEmpty()
          .allSatisfy(
              jar -> {
                var name = jar.getFileName().toString();
                var version = name.replaceFirst("^.*?-(?=\\d)", "").replaceFirst("\\.jar$", "");
                var artifact = name.substring(0, name.length() - version.length() - 5);
                assertThat(bill).contains("/" + artifact + "@" + version);
              });
    }
  }

  @Test
  void theChecksumsAreRight() throws Exception {
    var sums = execute(RELEASE.toFile(), List.of("sha256sum", "--check", "--strict", "SHA256SUMS"));
    assertThat(sums.lines()).hasSize(4).allMatch(line -> line.endsWith(": OK"));
  }

  private void runsTheExample(Path launcher, Path release) throws Exception {
    var example = home.resolve("word count");
    user("cp", "-r", release.resolve("pipelines/word-count").toString(), example.toString());
    user("chmod", "-R", "u+w", example.toString());

    user(launcher.toString(), "run", example.resolve("pipeline.yaml").toString());

    assertThat(example.resolve("result/counts.tsv"))
        .hasSameTextualContentAs(example.resolve("expected/counts.tsv"));
    assertThat(user(launcher.toString(), "plugins", "list"))
        .contains("media/segments", "genomes/fastq");
  }

  private static Path javaHome() {
    return Path.of(System.getProperty("java.home"));
  }

  private void owner(String... command) throws Exception {
    execute(temporary.toFile(), List.of(command));
  }

  private String user(String... command) throws Exception {
    var all = new ArrayList<String>();
    if (isRoot()) {
      all.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
    }
    all.addAll(
        List.of("env", "-i", "HOME=" + home, "PATH=/usr/bin:/bin", "JAVA_HOME=" + javaHome()));
    all.addAll(List.of(command));
    return execute(home.toFile(), all);
  }

  private static String execute(File folder, List<String> command)
      throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).directory(folder).redirectErrorStream(true).start();
    process.getOutputStream().close();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", command, said).isZero();
    return said;
  }
}
