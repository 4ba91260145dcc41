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
@Timeout(120)
class ProcessIT {
  @TempDir Path folder;

  @Test
  void saysTheSameInEveryLanguage() throws Exception {
    Files.writeString(folder.resolve("I.yaml"), "version: 1\nname: i\nIN: 3\nrun: x\nretry: 3\n");
    var english = check("-Duser.language=en");
    assertThat(english).contains("I.yaml:3:1:", "`IN`");
    for (var language :
        List.of(
            "ar",
            "fa",
            "ne",
            "tr",
            "de",
            "th -Duser.country=TH",
            "hi -Duser.extensions=u-nu-deva")) {
      assertThat(check("-Duser.language=" + language)).as(language).isEqualTo(english);
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
