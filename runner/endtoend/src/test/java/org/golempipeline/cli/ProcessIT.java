package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a process has from its surroundings, which must not change what it says. */
@Timeout(240)
class ProcessIT {
  @TempDir Path folder;

  @Test
  void saysTheSameInEveryLanguage() throws Exception {
    Files.writeString(folder.resolve("I.yaml"), "version: 1\nname: i\nIN: 3\nrun: x\nretry: 3\n");
    var english = new Workspace(folder).run("check", "I.yaml").err();
    assertThat(english).contains("I.yaml:3:1:", "`IN`");
    for (var language : List.of("fa", "tr", "de", "th -Duser.country=TH")) {
      assertThat(check("-Duser.language=" + language)).as(language).isEqualTo(english);
    }
  }

  @Test
  void numbersAndNamesOfFilesAreTheSameInEveryLanguage() throws Exception {
    Files.writeString(
        folder.resolve("many.yaml"),
        """
        version: 1
        name: many
        stages:
          few: { matrix: { i: 1..11 }, run: echo "$i" > "$out", output: few/ }
          many: { matrix: { i: 1..1200 }, run: echo "$i" > "$out", output: many/ }
        """);
    var english = new Workspace(folder).run("plan", "many.yaml").out();
    assertThat(english).contains("1200 fragments");
    assertThat(inLanguage("ar -Duser.country=EG", "plan", "many.yaml")).isEqualTo(english);
    inLanguage("ar -Duser.country=EG", "run", "many.yaml", "--only", "few");
    assertThat(Workspace.files(folder.resolve("few")).keySet())
        .contains("00", "07", "10")
        .hasSize(11);
    assertThat(inLanguage("hi -Duser.extensions=u-nu-deva", "logs", "last", "10"))
        .isNotEmpty()
        .isEqualTo(new Workspace(folder).run("logs", "last", "10").out());
  }

  private String inLanguage(String language, String... command) throws Exception {
    var options = Map.of("JAVA_TOOL_OPTIONS", "-Duser.language=" + language);
    try (var child = ChildJvm.start(folder, options, command)) {
      assertThat(child.waitForExit()).as(child.said("err")).isZero();
      return child.said("out");
    }
  }

  private String check(String options) throws Exception {
    try (var child =
        ChildJvm.start(folder, Map.of("JAVA_TOOL_OPTIONS", options), "check", "I.yaml")) {
      assertThat(child.waitForExit()).isEqualTo(2);
      return child.said("err").replaceAll("Picked up JAVA_TOOL_OPTIONS.*\n", "");
    }
  }

  @Test
  void refusesALocaleInWhichNamesOfFilesCannotBeRead() throws Exception {
    Files.writeString(folder.resolve("a.yaml"), "version: 1\nname: a\nrun: echo > \"$out\"\n");
    try (var child = ChildJvm.start(folder, Map.of("LC_ALL", "C"), "check", "a.yaml")) {
      assertThat(child.waitForExit()).isEqualTo(4);
      assertThat(child.said("err"))
          .contains("The names of files cannot be read", "ANSI_X3.4-1968", "LC_ALL=C.UTF-8");
    }
  }

  @Test
  void takesNamesThatAreNotAscii() throws Exception {
    Files.writeString(folder.resolve("größe ١.txt"), "a\n");
    Files.writeString(
        folder.resolve("ü.yaml"),
        "version: 1\nname: u\ninput: gr*.txt\nrun: cat \"$in\" > \"$out\"\noutput: aus/\n");
    try (var child = ChildJvm.start(folder, Map.of(), "run", "ü.yaml")) {
      assertThat(child.waitForExit()).as(child.said("err")).isZero();
      assertThat(folder.resolve("aus/größe ١.txt")).hasContent("a");
    }
  }
}
