package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import org.golempipeline.cli.pipeline.ParamOptions;
import org.golempipeline.pipeline.Refusal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandLineTest {
  private static final String RIGHT =
      """
      version: 1
      name: greet
      params:
        whom: { default: world, pattern: "^[a-z]+$", description: Who is greeted. }
      run: echo "hello $whom" > "$out"
      merge: concat
      output: result.txt
      """;

  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void open() throws IOException {
    workspace = new Workspace(folder);
    workspace.write("right.yaml", RIGHT);
    workspace.write("wrong.yaml", RIGHT.replace("merge:", "mrege:").replace("$whom", "$hwom"));
  }

  @Test
  void suggestsTheNearestCommandAndOption() {
    assertThat(workspace.run("chek"))
        .returns(2, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .isEqualTo(
            """
            error: There is no command `chek`.
              hint: Did you mean `check`? `golem-pipeline --help` says what there is.
            """);
    assertThat(workspace.run("run", "right.yaml", "--wrokers", "2"))
        .returns(2, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .asString()
        .contains("There is no option `--wrokers`.", "Did you mean `--workers`?");
  }

  @Test
  void knowsWhatOthersCallIt() {
    assertThat(workspace.run("v.yaml").err())
        .contains("There is no command `v.yaml`.", "`golem-pipeline run v.yaml`");
    assertThat(workspace.run("my file.yaml").err()).contains("`golem-pipeline run 'my file.yaml'`");
    for (var dry : List.of(List.of("--dry-run"), List.of("run", "right.yaml", "-n"))) {
      assertThat(workspace.run(dry.toArray(String[]::new)).err()).contains("golem-pipeline plan");
    }
    for (var jobs : List.of("-j4", "--jobs=4", "-P")) {
      assertThat(workspace.run("run", "right.yaml", jobs).err()).contains("--workers N");
    }
    assertThat(workspace.run("help", "run").out()).isEqualTo(workspace.run("run", "--help").out());
    assertThat(workspace.run("help").out()).isEqualTo(workspace.run("--help").out());
  }

  /** A list of commands shows the first lines of what they say of themselves. */
  @Test
  void listsOfCommandsHaveWholeSentences() {
    for (var group : List.of("", "image", "plugins", "providers", "gftp")) {
      var help = workspace.run((group + " --help").strip().split(" ")).out();
      var listed = help.substring(help.indexOf("Commands:\n") + "Commands:\n".length());
      var commands = listed.split("\n\n", 2)[0].replaceAll("\n {4,}", " ");
      assertThat(commands.lines()).as(help).isNotEmpty().allMatch(line -> line.endsWith("."));
    }
  }

  /** And no line of it is longer, which the terminal would break anywhere. */
  @Test
  void helpIsAsWideAsTheTerminal() {
    for (var columns : List.of(60, 80, 100)) {
      workspace.columns(columns);
      for (var command : List.of("", "run", "check", "plugins pin", "image push", "runs")) {
        var help = workspace.run((command + " --help").strip().split(" ")).out();
        var longest = help.lines().mapToInt(String::length).max().orElse(0);
        assertThat(longest).as(help).isBetween(columns - 12, columns);
      }
    }
  }

  @Test
  void takesTheUsualFileAndStandardInput() throws IOException {
    assertThat(workspace.run("check").err())
        .contains("No FILE is named, and there is no `pipeline.yaml` in");
    var right = workspace.read("right.yaml");
    workspace.write("pipeline.yaml", right);
    assertThat(workspace.run("check").out()).isEqualTo("pipeline.yaml: no mistakes found.\n");

    assertThat(workspace.saying(right).run("plan", "-").out())
        .isEqualTo(workspace.run("plan", "right.yaml").out());
    assertThat(workspace.saying(right + "wrong: 1\n").run("check", "-").err())
        .contains("-:")
        .contains("`wrong`");
  }

  @Test
  void offersThisMachineOnlyWhereThatIsMeant() {
    assertThat(workspace.run("provide", "--subnet", "public"))
        .returns(2, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .asString()
        .contains("anybody's programs would run as this user", "--allow-public");
    assertThat(workspace.run("provide"))
        .returns(2, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .asString()
        .contains("--subnet");
    assertThat(workspace.run("provide", "--subnet", "team"))
        .returns(4, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .asString()
        .contains("`YAGNA_APPKEY` is not set");
  }

  @Test
  void refusesWrongUsageWithoutAStack() {
    for (var arguments :
        new String[][] {
          {},
          {"check"},
          {"check", "a", "b"},
          {"check", "absent.yaml"},
          {"check", "."},
          {"check", "right.yaml", "-p", "whom"},
          {"check", "right.yaml", "-p", "=x"},
          {"check", "right.yaml", "-p", "whom=@absent"},
          {"plan", "right.yaml", "--format", "png"},
          {"run", "right.yaml", "--workers", "0"},
          {"run", "right.yaml", "--workers", "many"},
          {"run", "right.yaml", "--on", "moon"},
          {"run", "right.yaml", "-q", "-v"},
          {"node", "--port", "70000"},
          {"node", "--providers", "0"},
          {"node", "--providers", "10001"},
          {"node", "--app-key", "two words"},
          {"node", "--app-key", ""},
          {"node", "--persona", "nasty"},
          {"node", "--providers", "1", "--persona", "lying,lying"},
          {"node", "--seed", "x"},
          {"gftp"},
          {"gftp", "publish"}
        }) {
      var ran = workspace.run(arguments);
      assertThat(ran.exitCode()).as(String.join(" ", arguments)).isEqualTo(2);
      assertThat(ran.out()).isEmpty();
      assertThat(ran.err()).doesNotContain("\tat ").isNotEmpty();
    }
  }

  @Test
  void helpsAndTellsItsVersion() {
    assertThat(workspace.run("--help"))
        .returns(0, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::out)
        .asString()
        .contains("run", "check", "plan", "schema", "node", "Exit codes");
    assertThat(workspace.run("--version").out())
        .matches("golem-pipeline [0-9]+\\.[0-9]+\\.[0-9]+\n");
    assertThat(workspace.run("run", "--help"))
        .returns(0, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::out)
        .asString()
        .contains("--on", "--workers", "--overwrite", "--allow-outside", "--no-local-commands");
  }

  @Test
  void aPersonaThatIsNotThereIsSaidToBeAnother() {
    assertThat(workspace.run("node", "--persona", "crashing,lyin").err())
        .contains("There is no persona `lyin`.", "Did you mean `lying`?");
  }

  @Test
  void gftpNeedsADaemonAndEndsWithItsRequests() {
    var ran = workspace.run("gftp", "server");
    assertThat(ran.exitCode()).isEqualTo(4);
    assertThat(ran.err()).contains("`YAGNA_APPKEY` is not set");
    assertThat(workspace.with("YAGNA_APPKEY", "k").run("gftp", "server"))
        .isEqualTo(new Workspace.Ran(0, "", ""));
  }

  @Test
  void checkFindsAllMistakesAtOnce() {
    var ran = workspace.run("check", "wrong.yaml");

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err())
        .contains("wrong.yaml:6:1: error:", "[Schema.UnknownKey]", "Did you mean `merge`?")
        .contains("\n6 | mrege: concat\n  | ^^^^^\n")
        .doesNotContain("\033");
  }

  @Test
  void checkIsSilentOnStandardErrorWhenAllIsWell() {
    assertThat(workspace.run("check", "right.yaml"))
        .isEqualTo(new Workspace.Ran(0, "right.yaml: no mistakes found.\n", ""));
  }

  @Test
  void checkPrintsJsonForTools() throws IOException {
    var ran = workspace.run("check", "--json", "wrong.yaml");

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err()).isEmpty();
    var json = new ObjectMapper().readTree(ran.out());
    assertThat(json.isArray()).isTrue();
    assertThat(json.findValuesAsText("id")).contains("Schema.UnknownKey");
    assertThat(json.get(0).fieldNames())
        .toIterable()
        .containsExactly(
            "severity id file line column endLine endColumn message hint related".split(" "));
    assertThat(workspace.run("check", "--json", "right.yaml"))
        .isEqualTo(new Workspace.Ran(0, "[]\n", ""));
  }

  @Test
  void paramsComeFromTheCommandLineAndFromFiles() throws IOException {
    workspace.write("whom.txt", "moon\n");
    workspace.write("wrong.txt", "Moon\n");

    assertThat(workspace.run("check", "right.yaml", "-p", "whom=sun").exitCode()).isZero();
    assertThat(workspace.run("check", "right.yaml", "-p", "whom=@whom.txt").exitCode()).isZero();
    assertThat(workspace.run("check", "right.yaml", "-p", "whom=@wrong.txt").err())
        .contains("[Param.Value]");
    assertThat(workspace.run("check", "right.yaml", "-p", "who=sun").err())
        .contains("[Param.Unknown]");
  }

  @Test
  void aParamOfAFileIsWhatItHoldsWithoutItsLastLineEnd() throws Exception {
    var values = new LinkedHashMap<String, String>();
    values.put("a", "a");
    values.put("a\n", "a");
    values.put("a\r\n", "a");
    values.put("a\n\n", "a\n");
    values.put("a\r\nb\r\n", "a\r\nb");
    values.put("a\r", "a\r");
    values.put("\n", "");
    values.put("", "");
    for (var value : values.entrySet()) {
      workspace.write("value", value.getKey());
      assertThat(param("x=@value")).isEqualTo(value.getValue());
    }
  }

  private String param(String assignment) throws Refusal {
    var options = new ParamOptions();
    CommandLine.populateCommand(options, "-p", assignment);
    return options.values(workspace.console()).get("x");
  }

  @Test
  @Timeout(240)
  void aParamMayComeFromAPipeThatEnds() throws Exception {
    var pipe = folder.resolve("pipe").toString();
    assertThat(new ProcessBuilder("mkfifo", pipe).start().waitFor()).isZero();
    new ProcessBuilder("sh", "-c", "echo from afar > \"$0\"", pipe).start();
    assertThat(param("x=@pipe")).isEqualTo("from afar");

    assertThat(workspace.run("check", "right.yaml", "-p", "whom=@/dev/zero"))
        .returns(2, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .asString()
        .contains("`/dev/zero`, which `-p` names, holds more than 1,048,576 bytes.");
    assertThat(workspace.run("check", "right.yaml", "-p", "whom=@.").err())
        .contains("Could not read `.`, which `-p` names: Is a directory.");
  }

  @Test
  void saysWhichFileOfAFolderIsMeant() throws IOException {
    workspace.write("words/pipeline.yaml", RIGHT);

    assertThat(workspace.run("check", "words").err())
        .contains("`words` is a folder.", "Name the file in it: `words/pipeline.yaml`.");
  }

  @Test
  void planDrawsInEveryFormatAndLeavesNothingBehind() throws IOException {
    workspace.write("input/a.txt", "1\n2\n3\n");
    workspace.write(
        "lines.yaml",
        """
        version: 1
        name: lines
        input: input/*.txt
        split: { lines: 2 }
        run: cat "$in" > "$out"
        merge: concat
        output: result.txt
        """);
    var before = workspace.files(".").keySet();

    assertThat(workspace.run("plan", "lines.yaml"))
        .returns(0, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::out)
        .asString()
        .contains("2 fragments");
    assertThat(workspace.run("plan", "lines.yaml", "--format", "dot").out())
        .startsWith("strict digraph");
    assertThat(workspace.run("plan", "lines.yaml", "--format", "mermaid").out())
        .startsWith("flowchart LR\n");
    var json =
        new ObjectMapper().readTree(workspace.run("plan", "lines.yaml", "--format", "json").out());
    assertThat(json.at("/stages/0/count").asInt()).isEqualTo(2);
    assertThat(json.at("/stages/0/fragments/1/pieces/0/offset").asInt()).isEqualTo(4);
    assertThat(workspace.files(".").keySet()).isEqualTo(before);
  }

  @Test
  void planNeedsItsInput() throws IOException {
    workspace.write("lines.yaml", RIGHT.replace("run:", "input: absent/*\nsplit: files\nrun:"));

    assertThat(workspace.run("plan", "lines.yaml"))
        .returns(2, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .asString()
        .contains("No file matches `absent/*`.");
  }

  @Test
  void schemaIsPrintedOrWritten() throws IOException {
    var printed = workspace.run("schema");
    assertThat(printed.exitCode()).isZero();
    assertThat(new ObjectMapper().readTree(printed.out()).has("$id")).isTrue();

    assertThat(workspace.run("schema", "--write").out())
        .isEqualTo("Wrote .golem-pipeline/schema.json.\n");
    assertThat(workspace.read(".golem-pipeline/schema.json")).isEqualTo(printed.out());
    assertThat(workspace.files(".golem-pipeline")).hasSize(1);
  }

  @Test
  void aSchemaThatCannotBeWrittenLeavesNothing() throws IOException {
    workspace.write(".golem-pipeline/schema.json/in-the-way", "");

    var ran = workspace.run("schema", "--write");

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err()).contains(".golem-pipeline/schema.json`: ").doesNotContain(".part");
    assertThat(workspace.files(".golem-pipeline")).containsOnlyKeys("schema.json/in-the-way");
  }

  @Test
  void golemIsRefusedWithoutBudgetOrKey() throws IOException {
    assertThat(workspace.run("run", "right.yaml", "--on", "golem"))
        .returns(2, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .asString()
        .contains("spends money", "`budget: 1 GLM`");

    workspace.write("paid.yaml", RIGHT + "budget: 1 GLM\nimage: golem/alpine:latest\n");
    assertThat(workspace.run("run", "paid.yaml", "--on", "golem"))
        .returns(4, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .asString()
        .contains("YAGNA_APPKEY", "yagna app-key create");
    workspace.with("YAGNA_APPKEY", "key").with("YAGNA_API_URL", "not a url");
    assertThat(workspace.run("run", "paid.yaml", "--on", "golem"))
        .returns(4, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .asString()
        .contains("`YAGNA_API_URL` is `not a url`");
    assertThat(folder.resolve(".golem-pipeline")).doesNotExist();
  }

  @Test
  void trainingGoesThroughFilesThatAreRightAndWrong() throws IOException {
    workspace.write("training/right.yaml", Training.PIPELINE);
    workspace.write("training/wrong.yaml", Training.wrong());
    workspace.write("training/input/text.txt", "a\n");

    assertThat(workspace.run("check", "training/right.yaml").err()).isEmpty();
    assertThat(workspace.run("check", "training/wrong.yaml").exitCode()).isEqualTo(2);
  }
}
