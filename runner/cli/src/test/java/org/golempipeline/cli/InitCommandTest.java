package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class InitCommandTest {
  private static final String FILE = "pipeline.yaml";

  /** Settings that are switched off, as many as stand together. */
  private static final Pattern OFF = Pattern.compile("(?m)(^#\\w.*\\R)+");

  private static final int BLOCKS_OFF = 6;

  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void open() {
    workspace = new Workspace(folder);
  }

  @Test
  void writesAFileAndTheSchemaThatItsFirstLineNames() throws IOException {
    var ran = workspace.run("init");

    assertThat(ran)
        .isEqualTo(
            new Workspace.Ran(
                0,
                """
                Wrote pipeline.yaml, and .golem-pipeline/schema.json beside it for editors.
                Next: golem-pipeline run pipeline.yaml
                """,
                ""));
    assertThat(workspace.files("").keySet()).containsExactly(".golem-pipeline/schema.json", FILE);
    assertThat(workspace.read(FILE))
        .startsWith("# yaml-language-server: $schema=.golem-pipeline/schema.json\n")
        .contains("golem-pipeline run pipeline.yaml ");
    assertThat(workspace.read(".golem-pipeline/schema.json"))
        .isEqualTo(workspace.run("schema").out());
    right(workspace.read(FILE));
  }

  @ParameterizedTest
  @MethodSource("givenOptions")
  void everySettingThatIsSwitchedOffMayBeSwitchedOn(List<String> options) throws IOException {
    workspace.run(arguments(options));
    var text = workspace.read(FILE);

    right(text);
    var blocks = OFF.matcher(text).results().toList();
    assertThat(blocks).hasSize(BLOCKS_OFF);
    for (var block : blocks) {
      right(
          text.substring(0, block.start())
              + block.group().replaceAll("(?m)^#", "")
              + text.substring(block.end()));
    }
    right(
        OFF.matcher(text)
            .replaceAll(block -> block.group().replace("$", "\\$").replaceAll("(?m)^#", "")));
  }

  static Stream<List<String>> givenOptions() {
    return Stream.of(
        List.of(),
        List.of("--input", "input/*.txt"),
        List.of("--input", "a b/*.txt", "--input", "!old/*", "--split", "lines: 1000"),
        List.of("--run", "echo hello > \"$out\""),
        List.of("--split", "range: { from: 0, to: 9, as: [first, size] }", "--merge", "concat"),
        List.of(
            "--input",
            "in/*",
            "--run",
            "  wc -l < \"$in\" \\\n    > \"$out\"\n",
            "--merge",
            "value"));
  }

  @Test
  void holdsWhatIsGiven() throws IOException {
    workspace.run(
        "init",
        "--input",
        "it's a \"#1\"/*.txt",
        "--split",
        "lines: 7",
        "--run",
        "\n\tgrep -c \"%s\" \"$in\" |\n  sort > \"$out\"",
        "--merge",
        "{ sort: { numeric: true } }",
        "--output",
        "result/${stem}.txt");

    assertThat(workspace.read(FILE))
        .contains("\ninput: \"it's a \\\"#1\\\"/*.txt\"\n")
        .contains("\nsplit: { lines: 7 }\n")
        .contains("\nrun: |\n  grep -c \"%s\" \"$in\" |\n    sort > \"$out\"\n\n")
        .contains("\nmerge: { sort: { numeric: true } }\noutput: \"result/${stem}.txt\"\n");
  }

  @Test
  void saysWhatIsWrongWithOptionsAndWritesNothing() throws IOException {
    for (var options :
        List.of(
            List.of("--split", "lnes: 1000", "--input", "*.txt"),
            List.of("--split", "lines"),
            List.of("--run", ""),
            List.of("--merge", "concat }\nmerge: sum"),
            List.of("--output", "../x"),
            List.of("--input", "${nobody}/*"))) {
      var ran = workspace.run(arguments(options));

      assertThat(ran.exitCode()).as("%s", options).isEqualTo(2);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err()).contains("pipeline.yaml:", ": error: ", "Nothing was written");
    }
    assertThat(workspace.run("init", "--split", "lnes: 1000", "--input", "*.txt").err())
        .contains("Did you mean `lines`?");
    assertThat(workspace.files("")).isEmpty();
  }

  @Test
  void overwritesNothing() throws IOException {
    workspace.write(FILE, "mine");

    assertThat(workspace.run("init"))
        .isEqualTo(
            new Workspace.Ran(
                2,
                "",
                """
                error: `pipeline.yaml` is already there, and `init` overwrites nothing.
                  hint: Name another file, or move this one away first.
                """));
    assertThat(workspace.files("")).hasSize(1).containsEntry(FILE, "mine");

    Files.createSymbolicLink(folder.resolve("link.yaml"), Path.of("nowhere.yaml"));
    assertThat(workspace.run("init", "link.yaml").err()).contains("is already there");
    assertThat(folder.resolve("nowhere.yaml")).doesNotExist();
  }

  @Test
  void refusesNamesThatWouldNotWork() throws IOException {
    workspace.write("sub/x", "");

    assertThat(workspace.run("init", "word-count"))
        .returns(2, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .asString()
        .contains("`word-count` does not end in `.yaml`", "`golem-pipeline init word-count.yaml`");
    assertThat(workspace.run("init", "--input", "a.txt", "b.txt").err())
        .contains("`b.txt` does not end in `.yaml`", "`--input '*.txt'` in quotes");
    assertThat(workspace.run("init", "sub/").err())
        .contains("`sub/` is a folder.", "`sub/pipeline.yaml`");
    assertThat(workspace.run("init", "absent dir/p.yaml").err())
        .contains("There is no folder `absent dir`.", "`mkdir -p 'absent dir'`");
    assertThat(workspace.run("init", "a\0.yaml").err()).contains("is not the name of a file.");
    assertThat(workspace.run("init", ".yaml").exitCode()).isEqualTo(2);
    assertThat(workspace.files("").keySet()).containsExactly("sub/x");
  }

  @Test
  void leavesNothingBehindIfItCannotWriteAll() throws IOException {
    workspace.write(".golem-pipeline", "in the way");

    assertThat(workspace.run("init"))
        .returns(1, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .asString()
        .startsWith("error: Could not write `pipeline.yaml` and `.golem-pipeline/schema.json`")
        .contains("/.golem-pipeline` is in the way.\n  hint: Nothing is left of them.");
    assertThat(workspace.files("").keySet()).containsExactly(".golem-pipeline");
    assertThat(workspace.run("schema", "--write").err())
        .contains("/.golem-pipeline` is in the way.");
  }

  @Test
  void putsTheSchemaBesideTheFileOverAnOlderOne() throws IOException {
    workspace.write("sub/.golem-pipeline/schema.json", "old");

    workspace.run("init", "sub/render.yml");

    assertThat(workspace.read("sub/render.yml")).contains("\nname: render\n");
    assertThat(workspace.read("sub/.golem-pipeline/schema.json")).startsWith("{");
    assertThat(workspace.files("").keySet())
        .containsExactly("sub/.golem-pipeline/schema.json", "sub/render.yml");
  }

  @ParameterizedTest
  @CsvSource({
    "word-count, word-count",
    "My Photos $(x), my-photos-x",
    "2024 Übung #1, bung-1",
    "---, pipeline",
    "日本, pipeline",
    "'a''b\"`c: %s\\', a-b-c-s",
    "-rf, rf"
  })
  void callsThePipelineAfterItsFolder(String named, String name) throws IOException {
    var inside = new Workspace(Files.createDirectory(folder.resolve(named)));

    assertThat(inside.run("init").exitCode()).isZero();
    assertThat(inside.read(FILE)).contains("\nname: " + name + "\n");
    assertThat(inside.run("check", FILE).err()).isEmpty();
    assertThat(inside.run("init", "./" + named + ".yaml").exitCode()).isZero();
    assertThat(inside.run("check", "./" + named + ".yaml").err()).isEmpty();
  }

  private static String[] arguments(List<String> options) {
    var arguments = new ArrayList<>(List.of("init"));
    arguments.addAll(options);
    return arguments.toArray(String[]::new);
  }

  private void right(String text) throws IOException {
    workspace.write("tried.yaml", text);
    var checked = workspace.run("check", "tried.yaml");
    assertThat(checked.exitCode()).as(text + checked.err()).isZero();
    assertThat(checked.err().lines().filter(line -> line.contains(": warning: ")))
        .as("what the user has yet to put there, or to name")
        .allMatch(line -> line.endsWith("[Input.NoMatch]") || line.endsWith("[Lint.Unused]"));
    Files.delete(folder.resolve("tried.yaml"));
  }
}
