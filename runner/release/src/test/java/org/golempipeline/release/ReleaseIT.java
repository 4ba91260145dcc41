package org.golempipeline.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
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
    if (Files.getOwner(temporary).getName().equals("root")) {
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
