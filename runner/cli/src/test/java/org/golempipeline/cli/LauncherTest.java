package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The launcher with a Java and a Maven that only say what they were asked. */
@Isolated("starts programs it wrote; a process started beside it could hold them open for writing")
class LauncherTest {
  private static final String SAY_ARGUMENTS =
      """
      #!/bin/sh
      case "$*" in
        *DumpLoadedClassList*) exit 1 ;;
      esac
      for each; do printf '<%s>\\n' "$each"; done
      """;

  @TempDir Path temporary;
  private Path root;
  private Path java;

  @BeforeEach
  void layOut() throws IOException {
    root = Files.createDirectories(temporary.resolve("a place/golem-pipeline"));
    Files.copy(Workspace.project().resolve("golem-pipeline"), root.resolve("golem-pipeline"));
    root.resolve("golem-pipeline").toFile().setExecutable(true);
    for (var folder : List.of("schema/src/main", "plugins", "runner/cli/target/app")) {
      Files.createDirectories(root.resolve(folder));
    }
    Files.createFile(root.resolve("pom.xml"));
    java = jdk("17.0.15");
    script(
        temporary.resolve("bin/mvn"),
        """
        #!/bin/sh
        echo mvn "$@" >> "$MVN_LOG"
        echo '[INFO] Building golem-pipeline-schema 0.1.0            [2/9]'
        touch "$JAR"
        """);
  }

  @Test
  void buildsOnceAndHandsArgumentsOver() throws Exception {
    var first = launch(root.resolve("golem-pipeline"), "check", "a b.yaml", "-p", "x=$(y) 'z'");
    assertThat(first.err())
        .contains("building with Maven", "  golem-pipeline-schema 0.1.0 (2 of 9)\n");
    assertThat(first.out()).endsWith("<check>\n<a b.yaml>\n<-p>\n<x=$(y) 'z'>\n");

    var second = launch(root.resolve("golem-pipeline"), "check", "f");
    assertThat(second.err()).isEmpty();
    assertThat(second.out()).contains("<-jar>\n<" + jar() + ">\n<check>\n<f>\n");
    assertThat(builds()).hasSize(1);
  }

  @Test
  void buildsAgainWhenASourceIsNewer() throws Exception {
    launch(root.resolve("golem-pipeline"), "check", "f");
    var later =
        Files.getLastModifiedTime(root.resolve("runner/cli/target/app/built")).toMillis() + 2000;
    var source = Files.createFile(root.resolve("schema/src/main/A.java"));
    Files.setLastModifiedTime(source, FileTime.fromMillis(later));

    launch(root.resolve("golem-pipeline"), "check", "f");

    assertThat(builds()).hasSize(2);
  }

  @Test
  void buildsNothingWhereItWasReleased() throws Exception {
    var app = Files.createDirectory(root.resolve("app")).toRealPath();

    var launched = launch(root.resolve("golem-pipeline"), "check", "f");

    assertThat(launched.err()).isEmpty();
    assertThat(launched.out()).contains("<" + app.resolve(jar().getFileName()) + ">");
    assertThat(temporary.resolve("mvn.log")).doesNotExist();
  }

  @Test
  void worksThroughALinkFromAnyFolder() throws Exception {
    var link = temporary.resolve("bin/link");
    Files.createSymbolicLink(link, Path.of("../a place/golem-pipeline/golem-pipeline"));

    assertThat(launch(link, "--version").out()).contains("<" + jar() + ">");
  }

  @Test
  void isTheProgramThatSdksStartIfItIsCalledSo() throws Exception {
    var link = temporary.resolve("bin/gftp");
    Files.createSymbolicLink(link, root.resolve("golem-pipeline"));

    assertThat(launch(link, "server").out()).endsWith("<" + jar() + ">\n<gftp>\n<server>\n");
  }

  @Test
  void takesTheQuickCompilerForShortCommandsOnly() throws Exception {
    var launcher = root.resolve("golem-pipeline");

    assertThat(launch(launcher, "check", "f").out()).contains("<-XX:TieredStopAtLevel=1>");
    assertThat(launch(launcher, "run", "f").out()).doesNotContain("TieredStopAtLevel");
  }

  @Test
  void refusesAnOldJava() throws Exception {
    java = jdk("11.0.2");

    var launched = launch(root.resolve("golem-pipeline"), "check", "f");

    assertThat(launched.exitCode()).isEqualTo(4);
    assertThat(launched.err()).contains("Java 11.0.2 is too old.", "17 or newer");
  }

  @Test
  void refusesAFolderThatIsGone() throws Exception {
    var gone = Files.createDirectory(temporary.resolve("gone"));
    var launched = launchAfter("cd '" + gone + "' && rmdir '" + gone + "'");

    assertThat(launched.exitCode()).isEqualTo(2);
    assertThat(launched.err()).contains("The current folder does not exist any more.", "cd");
  }

  @Test
  void refusesTooFewOpenFiles() throws Exception {
    var launched = launchAfter("ulimit -n 127");

    assertThat(launched.exitCode()).isEqualTo(4);
    assertThat(launched.err()).contains("Only 127 files may be open", "ulimit -n 1024");
    assertThat(launchAfter("ulimit -n 128").exitCode()).isZero();
  }

  @Test
  void refusesTooLittleMemoryToAddress() throws Exception {
    var launched = launchAfter("ulimit -v 3145727");

    assertThat(launched.exitCode()).isEqualTo(4);
    assertThat(launched.err())
        .contains("Only 3071 MiB of memory may be addressed, and a run needs 3072 MiB.")
        .contains("`ulimit -v unlimited`", "GOLEM_PIPELINE_JAVA_OPTS='-Xmx256m ");
    assertThat(launchAfter("ulimit -v 3145728").exitCode()).isZero();
    assertThat(
            launchAfter("ulimit -v 3145727; export GOLEM_PIPELINE_JAVA_OPTS=-Xmx256m").exitCode())
        .isZero();
  }

  /** The build changes folders, and Maven is told where the JDK is. */
  @Test
  void findsAJavaByARelativePath() throws Exception {
    script(
        temporary.resolve("bin/mvn"),
        "#!/bin/sh\n[ -x \"$JAVA_HOME/bin/java\" ] && touch \"$JAR\"\n");
    var here = "cd '%s' && ".formatted(temporary);
    var name = java.getFileName();

    var first = launchAfter(here + "export JAVA_HOME='%s'".formatted(name));
    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(first.out()).endsWith("<check>\n<f>\n");

    Files.delete(root.resolve("runner/cli/target/app/built"));
    var second = launchAfter(here + "unset JAVA_HOME; PATH='%s/bin':$PATH".formatted(name));
    assertThat(second.exitCode()).as(second.err()).isZero();
    assertThat(second.out()).endsWith("<check>\n<f>\n");
  }

  @Test
  void handsOverAFolderForTemporaryFilesThatCanBeWritten() throws Exception {
    var option = "<-Djava.io.tmpdir=" + temporary + ">\n";

    assertThat(launchAfter("export TMPDIR='%s'".formatted(temporary)).out()).contains(option);
    assertThat(launchAfter("export TMPDIR='%s/gone'".formatted(temporary)).out())
        .doesNotContain("java.io.tmpdir")
        .endsWith("<check>\n<f>\n");
    assertThat(launchAfter("unset TMPDIR").out()).doesNotContain("java.io.tmpdir");
  }

  /** The JVM reads the names of files by the locale, and a named one need not be installed. */
  @Test
  void givesTheJvmALocaleOfUtf8() throws Exception {
    launch(root.resolve("golem-pipeline"), "check", "f");
    script(
        java.resolve("bin/java"),
        "#!/bin/sh\nprintf '<%s %s>\\n' \"$LC_ALL\" \"$(locale charmap)\"\n");
    for (var locale :
        List.of("C", "POSIX", "C.UTF-8", "en_US.UTF-8", "de_DE.ISO-8859-1", "nowhere", "")) {
      var launched = launchAfter("export LC_ALL=" + locale + " LANG=" + locale);

      assertThat(launched.err()).as(locale).isEmpty();
      assertThat(launched.out()).as(locale).endsWith(" UTF-8>\n");
    }
  }

  /** The JVM would open a file of its own there, and `run -` would read that. */
  @Test
  void givesTheJvmAnEmptyInputForOneThatIsClosed() throws Exception {
    script(java.resolve("bin/java"), "#!/bin/sh\nwc -c\n");

    assertThat(launchAfter("exec <&-").out().strip()).isEqualTo("0");
  }

  @Test
  void leavesNothingOfAnArchiveThatIsBrokenOff() throws Exception {
    script(
        java.resolve("bin/java"),
        "#!/bin/sh\ncase $* in *DumpLoadedClassList*) kill -s TERM $PPID ;; esac\n");

    assertThat(launch(root.resolve("golem-pipeline"), "check", "f").exitCode()).isEqualTo(130);
    try (var files = Files.list(jar().getParent())) {
      assertThat(files.map(each -> each.getFileName().toString()))
          .noneMatch(name -> name.startsWith("archiving."));
    }
  }

  private Workspace.Ran launchAfter(String preparation) throws Exception {
    var starter = temporary.resolve("bin/starter");
    script(
        starter,
        "#!/bin/sh\n%s\nexec '%s' check f\n"
            .formatted(preparation, root.resolve("golem-pipeline")));
    return launch(starter);
  }

  /** A process of this number and place, as a build writes it into its lock. */
  private String locked(String number) {
    return "mkdir -p '%1$s'; echo \"%2$s $(uname -n) $(readlink /proc/self/ns/pid)\" >'%1$s/pid'"
        .formatted(lock(), number);
  }

  private Path lock() {
    return root.resolve("runner/cli/target/launcher-lock");
  }

  @Test
  void takesOverTheLockOfABuildThatDied() throws Exception {
    assertThat(launchAfter(locked("2147483646")).exitCode()).isZero();
    assertThat(lock()).doesNotExist();
  }

  @Test
  void takesOverTheLockOfABuildThatDiedBeforeItSaidItsNumber() throws Exception {
    Files.createDirectories(lock());
    Files.setLastModifiedTime(lock(), FileTime.fromMillis(0));

    assertThat(launch(root.resolve("golem-pipeline"), "check", "f").exitCode()).isZero();
    assertThat(lock()).doesNotExist();
  }

  @Test
  void takesOverTheLockOfADeadProcessThatHadTheSameNumber() throws Exception {
    assertThat(launchAfter(locked("$$")).exitCode()).isZero();
    assertThat(lock()).doesNotExist();
  }

  /** Its number says nothing here, even if it is our own; that it writes does. */
  @Test
  void waitsForABuildInAnotherContainer() throws Exception {
    script(
        temporary.resolve("bin/sleep"),
        "#!/bin/sh\ntouch -d '1970-01-02' '%1$s'/* '%1$s'\n".formatted(lock()));

    var launched =
        launchAfter("mkdir -p '%1$s'; echo $$ there >'%1$s/pid'; >'%1$s/log'".formatted(lock()));

    assertThat(launched.exitCode()).isZero();
    assertThat(launched.err())
        .startsWith("golem-pipeline: waiting for another call that builds\n")
        .contains("building with Maven");
    assertThat(lock()).doesNotExist();
    assertThat(lock().resolveSibling("launcher-lock.heir")).doesNotExist();
  }

  @Test
  void showsWhyABuildFailed() throws Exception {
    script(
        temporary.resolve("bin/mvn"),
        "#!/bin/sh\necho '[INFO] compiling'\necho no such symbol\nexit 1\n");

    var launched = launch(root.resolve("golem-pipeline"), "check", "f");

    assertThat(launched.exitCode()).isEqualTo(4);
    assertThat(launched.err())
        .contains("no such symbol", "The build failed.")
        .doesNotContain("INFO");
    assertThat(root.resolve("runner/cli/target/launcher-lock")).doesNotExist();
  }

  private Path jdk(String version) throws IOException {
    var home = temporary.resolve("jdk " + version);
    script(home.resolve("bin/java"), SAY_ARGUMENTS);
    Files.writeString(
        home.resolve("release"),
        "JAVA_VERSION=\"%s\"\nJAVA_RUNTIME_VERSION=\"%s+6\"\n".formatted(version, version));
    return home;
  }

  private static void script(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    file.toFile().setExecutable(true);
  }

  private Workspace.Ran launch(Path launcher, String... arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    var err = temporary.resolve("err").toFile();
    var builder = new ProcessBuilder(command).directory(new File("/")).redirectError(err);
    builder.environment().put("JAVA_HOME", java.toString());
    builder.environment().put("PATH", temporary.resolve("bin") + ":" + System.getenv("PATH"));
    builder.environment().put("MVN_LOG", temporary.resolve("mvn.log").toString());
    builder.environment().put("JAR", jar().toString());
    builder.environment().remove("GOLEM_PIPELINE_JAVA_OPTS");
    var process = builder.start();
    process.getOutputStream().close();
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Workspace.Ran(process.waitFor(), out, Files.readString(err.toPath()));
  }

  private Path jar() throws IOException {
    return root.toRealPath().resolve("runner/cli/target/app/golem-pipeline-cli-0.1.0.jar");
  }

  private List<String> builds() throws IOException {
    return Files.readAllLines(temporary.resolve("mvn.log"));
  }
}
