package com.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.regex.Pattern;
import org.golempipeline.pipeline.Machine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the documentation of the engine shows is a program that works. */
@Timeout(240)
class FindLinesTest {
  private static final Path SOURCE = Path.of("src/test/java/com/example/FindLines.java");
  private static final Path PAGE = Path.of("../../docs/java-pipeline.md");

  @Test
  void thePageShowsIt() throws Exception {
    assertThat(quoted("java")).isEqualTo(Files.readString(SOURCE));
  }

  @Test
  void itWorks(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("find.yaml"), quoted("yaml"));
    Files.createDirectory(folder.resolve("texts"));
    Files.writeString(folder.resolve("texts/a.txt"), "a rose\na thorn\n");
    Files.writeString(folder.resolve("texts/b.txt"), "no flower\n");
    Files.writeString(folder.resolve("texts/c.txt"), "rose again\n");
    var machine = Machine.of(Map.of(), folder, Clock.systemUTC());

    assertThat(FindLines.find(machine, "rose")).isEqualTo("a rose\nrose again\n");
    assertThat(FindLines.find(machine, "flower")).isEqualTo("no flower\n");
  }

  private static String quoted(String language) throws Exception {
    var quoted =
        Pattern.compile("^```" + language + "\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
            .matcher(Files.readString(PAGE));
    assertThat(quoted.find()).isTrue();
    return quoted.group(1);
  }
}
