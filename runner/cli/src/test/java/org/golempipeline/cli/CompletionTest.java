package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scripts in the shells they are for. */
class CompletionTest {
  /** What bash does for a line, with the cursor at its last word; a blank is given as `_`. */
  private static final String ASK_BASH =
      """
      compopt() { [ "$*" != '+o default' ] || fallback=no; }
      . ./completion.bash
      PATH=$PWD/bin:$PATH
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) fallback=yes
      _golem_pipeline
      [ "$fallback" = no ] || echo FILES
      [ ${#COMPREPLY[@]} = 0 ] || printf '%s\\n' "${COMPREPLY[@]}"
      """;

  /** What a function of the script asks zsh's own completion for. */
  private static final String ASK_ZSH =
      """
      compdef() { print -r -- "compdef $*" }
      _arguments() { print -rl -- "$@" }
      . ./completion.zsh
      $1
      """;

  private static final String FILES = "FILES";
  private static final Pattern COMMAND = Pattern.compile("(?m)^  ([a-z]+) {2,}");
  private static final Pattern OPTION = Pattern.compile("(?m)^ +(?:-\\w, )?(--[a-z-]+)");

  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void write() throws IOException {
    workspace = new Workspace(folder);
    workspace.write("completion.bash", workspace.run("completion", "bash").out());
  }

  @ParameterizedTest
  @CsvSource({
    "ch, check",
    "run --o, --on --only --overwrite",
    "run --on _, local golem",
    "run --on =, local golem",
    "run --on = g, golem",
    "run --on golem _, FILES",
    "run _, FILES",
    "run some, FILES",
    "run --json p, FILES",
    "run a.yaml --work, --workers",
    "run --plugin _, FILES",
    "run -p a = b _, FILES",
    "run -p a=b _, FILES",
    "run --on = local _, FILES",
    "run --workers _, ''",
    "check run --la, --laws",
    "check check --la, --laws",
    "repro _, --",
    "repro a/17 _, FILES",
    "logs last --i, --in",
    "plan --format m, mermaid",
    "rehearse --chaos l, liars",
    "plugins _, list describe new pin unpin",
    "plugins pin a.yaml b.jar _, FILES",
    "plugins describe js, json",
    "plugins new --f, --folder",
    "completion _, bash zsh fish",
    "init --r, --run",
    "nonsense --v, --version",
    "'', init"
  })
  void bashOffers(String line, String offers) throws Exception {
    var words = line.isEmpty() ? new String[] {"_"} : line.split(" ");
    var offered = bash(words);

    if (offers.equals("--")) {
      assertThat(offered).isNotEmpty().allMatch(each -> each.startsWith("-"));
    } else if (line.isEmpty()) {
      assertThat(offered).startsWith(offers);
    } else {
      assertThat(offered).containsExactly(offers.isEmpty() ? new String[0] : offers.split(" "));
    }
  }

  @Test
  void bashKnowsEveryCommandAndEveryOption() throws Exception {
    var commands = matches(COMMAND, workspace.run("--help").out());
    assertThat(commands).hasSizeGreaterThan(10).containsExactlyElementsOf(bash("_"));
    for (var command : commands) {
      assertThat(bash(command, "--"))
          .containsExactlyInAnyOrderElementsOf(
              matches(OPTION, workspace.run(command, "--help").out()));
    }
  }

  @Test
  void valuesThatAreOfferedAreRight() throws Exception {
    for (var option : Map.of("run", "--on", "plan", "--format", "rehearse", "--chaos").entrySet()) {
      var values = bash(option.getKey(), option.getValue(), "_");
      assertThat(values).hasSizeGreaterThan(1);
      for (var value : values) {
        assertThat(workspace.run(option.getKey(), "absent.yaml", option.getValue(), value).err())
            .contains("There is no file `absent.yaml`.");
      }
    }
    for (var strategy : bash("plugins", "describe", "_")) {
      assertThat(workspace.run("plugins", "describe", strategy).exitCode()).isZero();
    }
  }

  @Test
  void whatStandsOnTheLineIsNotExecuted() throws Exception {
    var before = workspace.files("").keySet();
    workspace.write("$(touch harm) `touch harm`", "");

    assertThat(bash("run", "$(touch harm)")).containsExactly(FILES);
    assertThat(bash("$(touch harm)", "-p", "`touch harm`", "=", "$(touch harm)", "_")).isNotEmpty();
    assertThat(bash("run", "--on", "$(touch harm)")).isEmpty();
    assertThat(bash("*", "--ver*")).isEmpty();
    assertThat(workspace.files("").keySet()).containsAll(before).doesNotContain("harm");
  }

  @Test
  void bashOffersTheRunsOfTheFolderTheNewestFirst() throws Exception {
    assertThat(bash("logs", "_")).isEmpty();
    writeRuns();
    var ids = List.of("20260203-101112-0a1b2c", "20260102-101112-ffffff", "20251231-235959-abcdef");

    assertThat(bash("logs", "_")).containsExactlyElementsOf(ids);
    assertThat(bash("logs", "2026")).containsExactlyElementsOf(ids.subList(0, 2));
    for (var command : List.of("report", "replay", "settle", "watch", "stop")) {
      assertThat(bash(command, "_")).containsExactlyElementsOf(ids);
    }
    assertThat(bash("repro", "count/1", "a.yaml", "--run", "2025"))
        .containsExactly("20251231-235959-abcdef");
    assertThat(workspace.files("").keySet()).doesNotContain("harm");
  }

  @Test
  void zshOffersTheRunsOfTheFolderTheNewestFirst() throws Exception {
    assumeThat(installed("zsh")).isTrue();
    workspace.write("completion.zsh", workspace.run("completion", "zsh").out());
    var ask =
        """
        compdef() { }
        _wanted() { print -r -- "$1 $2 $4"; [[ $5 == compadd ]] && print -rl -- ${(P)7} }
        . ./completion.zsh
        _golem-pipeline-kept
        """;
    assertThat(shell("zsh", "-f", "-c", ask)).containsExactly("-V runs run", "");
    writeRuns();

    assertThat(shell("zsh", "-f", "-c", ask))
        .containsExactly(
            "-V runs run",
            "20260203-101112-0a1b2c",
            "20260102-101112-ffffff",
            "20251231-235959-abcdef");
    for (var command : List.of("logs", "report", "replay", "settle", "repro", "watch", "stop")) {
      assertThat(shell("zsh", "-f", "-c", ASK_ZSH, "zsh", "_golem-pipeline_" + command))
          .anyMatch(each -> each.endsWith(":RUN:_golem-pipeline-kept"));
    }
    assertThat(workspace.files("").keySet()).doesNotContain("harm");
  }

  @Test
  void paramsOfTheFileAreOfferedWithTheirValues() throws Exception {
    writeParams();

    assertThat(bash("run", "-p", "_")).containsExactly("count=", "mode=", "flag=", "odd=");
    assertThat(bash("run", "other.yaml", "-p", "m")).containsExactly("mine=");
    assertThat(bash("run", "-p", "mode", "=")).containsExactly("fast", "slow\\ motion");
    assertThat(bash("run", "--json", "-p", "mode", "=", "s")).containsExactly("slow\\ motion");
    assertThat(bash("plan", "-p", "count", "=", "3", "--param", "flag", "=", "t"))
        .containsExactly("true");
    assertThat(bash("run", "-p", "odd", "=")).containsExactly("\\$\\(touch\\ harm\\)", "\\`x\\`");
    assertThat(bash("run", "-p", "count", "=")).isEmpty();
    assertThat(bash("run", "with.yml", "-p", "_")).containsExactly("size=", "mine=", "theirs=");
    assertThat(bash("run", "with.yml", "-p", "theirs", "=")).containsExactly("new", "now");
    assertThat(bash("run", "with.yml", "--profile", "_"))
        .containsExactly("golem", "quick", "\\$\\(touch\\ harm\\)", "quiet");
    assertThat(bash("check", "with.yml", "--profile", "=", "qui"))
        .containsExactly("quick", "quiet");
    assertThat(bash("run", "--profile", "_")).isEmpty();
    assertThat(bash("run", "absent.yaml", "-p", "mode", "=", "f")).containsExactly("fast");
    assertThat(workspace.files("").keySet()).doesNotContain("harm");
    assertThat(workspace.run("completion", "--params", "absent.yaml").exitCode()).isNotZero();
  }

  @Test
  void zshOffersTheParamsToo() throws Exception {
    assumeThat(installed("zsh")).isTrue();
    writeParams();
    workspace.write("completion.zsh", workspace.run("completion", "zsh").out());
    var ask =
        """
        compdef() { }
        compset() { [[ $PREFIX == *=* ]] }
        _wanted() { print -r -- $1; print -rl -- ${(P)@[-1]} }
        PATH=$PWD/bin:$PATH
        . ./completion.zsh
        words=(run other.yaml) PREFIX=m
        _golem-pipeline-params
        words=(run -p mode=) PREFIX=mode=
        _golem-pipeline-params
        words=(run with.yml --profile q)
        _golem-pipeline-profiles
        """;
    assertThat(shell("zsh", "-f", "-c", ask))
        .containsExactly(
            "params",
            "mine",
            "values",
            "fast",
            "slow motion",
            "profiles",
            "golem",
            "quick",
            "$(touch harm)",
            "quiet");
  }

  @Test
  void fishOffersTheSame() throws Exception {
    assumeThat(installed("fish")).isTrue();
    writeParams();
    writeRuns();
    workspace.write("some.yaml", "");
    workspace.write("completion.fish", workspace.run("completion", "fish").out());
    var offers = new LinkedHashMap<String, List<String>>();
    offers.put("ch", List.of("check"));
    offers.put("run --o", List.of("--on", "--only", "--overwrite"));
    offers.put("run --on ", List.of("local", "golem"));
    offers.put("run --on=g", List.of("--on=golem"));
    offers.put(
        "logs ",
        List.of("20260203-101112-0a1b2c", "20260102-101112-ffffff", "20251231-235959-abcdef"));
    offers.put("plugins ", List.of("list", "describe", "new", "pin", "unpin"));
    offers.put("plugins describe js", List.of("json"));
    offers.put("run some", List.of("some.yaml"));
    offers.put("run --json oth", List.of("other.yaml"));
    offers.put("run -p m", List.of("mode=fast", "mode=slow motion"));
    offers.put("run other.yaml -p m", List.of("mine="));
    offers.put("run with.yml -p s", List.of("size="));
    offers.put("run with.yml --profile q", List.of("quick", "quiet"));
    offers.put("run --workers ", List.of());
    offers.put("completion ", List.of("bash", "zsh", "fish"));
    var ask = new StringBuilder("set PATH $PWD/bin $PATH; source completion.fish\n");
    for (var line : offers.keySet()) {
      ask.append("echo '@%1$s'; complete -C 'golem-pipeline %1$s'\n".formatted(line));
    }

    var offered = new LinkedHashMap<String, List<String>>();
    List<String> last = new ArrayList<>();
    for (var said : shell("fish", "--no-config", "-c", ask.toString())) {
      if (said.startsWith("@")) {
        last = new ArrayList<>();
        offered.put(said.substring(1), last);
      } else {
        last.add(said.replaceFirst("\t.*", ""));
      }
    }
    assertThat(offered.keySet()).isEqualTo(offers.keySet());
    offers.forEach(
        (line, words) ->
            assertThat(offered.get(line)).as(line).containsExactlyInAnyOrderElementsOf(words));
    assertThat(workspace.files("").keySet()).doesNotContain("harm");
  }

  /** And a program that says of them what this one says. */
  private void writeParams() throws IOException {
    workspace.write(
        "pipeline.yaml",
        """
        params:
          count: 3
          mode: { default: fast, enum: [fast, slow motion] }
          flag: { type: boolean, default: false }
          odd: { enum: ["$(touch harm)", "`x`"] }
        """);
    workspace.write("other.yaml", "params: { mine: 1 }\n");
    workspace.write(
        "parts/all.yaml",
        """
        include: [size.yaml, absent.yaml]
        params: { mine: 2, theirs: { enum: [old] } }
        profiles: { quick: {}, "$(touch harm)": {} }
        """);
    workspace.write("parts/size.yaml", "params: { size: 1 }\nprofiles: { golem: {} }\n");
    workspace.write(
        "with.yml",
        "include: parts/all.yaml\n"
            + "params: { theirs: { enum: [new, now] } }\n"
            + "profiles: { quiet: {} }\n");
    for (var file : List.of("pipeline.yaml", "other.yaml", "with.yml")) {
      for (var what : List.of("--params", "--profiles")) {
        var said = workspace.run("completion", what, file);
        assertThat(said.exitCode()).isZero();
        workspace.write("bin/said" + what + "-of-" + file, said.out());
      }
    }
    workspace.write("bin/golem-pipeline", "#!/bin/sh\ncat bin/said$2-of-$3\n");
    assertThat(folder.resolve("bin/golem-pipeline").toFile().setExecutable(true)).isTrue();
  }

  /** With names that are none, and would be executed where the shell reads them as its own text. */
  private void writeRuns() throws IOException {
    var names =
        List.of(
            "20260102-101112-ffffff",
            "20260203-101112-0a1b2c",
            "20251231-235959-abcdef",
            "$(touch harm)",
            "`touch harm`",
            "2026;touch harm",
            "2026 words",
            "2026\n$(touch harm)");
    for (var name : names) {
      workspace.write(".golem-pipeline/runs/" + name + "/journal.ndjson", "");
    }
    Files.createDirectories(folder.resolve(".golem-pipeline/runs/20270101-101112-planed"));
  }

  @Test
  void zshIsToldTheSameWithDescriptions() throws Exception {
    assumeThat(installed("zsh")).isTrue();
    workspace.write("completion.zsh", workspace.run("completion", "zsh").out());

    assertThat(shell("zsh", "-f", "-c", ASK_ZSH, "zsh", "_golem-pipeline_run"))
        .contains(
            "compdef _golem-pipeline golem-pipeline",
            "--on=[local (default), or golem\\: the Golem Network, within the budget of the file]"
                + ":PLACE:(local golem)",
            "*-p+[Sets a param of the file; repeat it for more]:name=value:_golem-pipeline-params",
            "*--profile=[Puts the settings of that profile of the file over what stands in it;"
                + " repeat it for more, of which the last one"
                + " counts]:NAME:_golem-pipeline-profiles",
            "1::FILE:_files");
    assertThat(shell("zsh", "-f", "-c", ASK_ZSH, "zsh", "_golem-pipeline_init"))
        .contains(
            "--run=[What is run for each fragment\\: reads $in and writes $out]:COMMAND: ",
            "1::FILE:_files");
    assertThat(shell("zsh", "-f", "-c", ASK_ZSH, "zsh", "_golem-pipeline_plugins_pin"))
        .contains("1:FILE:_files", "*:JAR:_files");
    for (var command : matches(COMMAND, workspace.run("--help").out())) {
      assertThat(workspace.read("completion.zsh"))
          .contains("        " + command + ") _golem-pipeline_" + command + " ;;\n")
          .contains("\n_golem-pipeline_" + command + "() {\n");
    }
  }

  @Test
  void theShellIsTheUsersOwnUnlessNamed() {
    assertThat(workspace.run("completion").out()).contains("complete -o default -F");
    workspace.with("SHELL", "/usr/bin/zsh");
    assertThat(workspace.run("completion").out()).startsWith("#compdef golem-pipeline\n");
    assertThat(workspace.run("completion", "bash").out()).contains("complete -o default -F");
    workspace.with("SHELL", "/bin/tcsh");
    assertThat(workspace.run("completion").out()).contains("complete -o default -F");
    assertThat(workspace.run("completion", "tcsh"))
        .returns(2, Workspace.Ran::exitCode)
        .extracting(Workspace.Ran::err)
        .asString()
        .contains("There is no completion for `tcsh`.", "bash, zsh or fish");
  }

  private List<String> bash(String... words) throws IOException, InterruptedException {
    var command =
        new ArrayList<>(List.of("bash", "--norc", "-c", ASK_BASH, "bash", "golem-pipeline"));
    Stream.of(words).map(word -> word.equals("_") ? "" : word).forEach(command::add);
    return shell(command.toArray(String[]::new));
  }

  private List<String> shell(String... command) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said.lines().toList();
  }

  private static boolean installed(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
  }

  private static List<String> matches(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(match -> match.group(1)).toList();
  }
}
