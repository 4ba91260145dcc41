package org.golempipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

/** What other programs read after a run: {@code --junit} and {@code --trace}. */
@Timeout(240)
class RecordsIT {
  private static final String PIPELINE =
      """
      version: 1
      name: copy
      input: in/*
      retry: { attempts: 1, keep_going: true }
      run: |
        if grep -q bad "$in"; then printf 'no\\033[31m <good> & bad\\n' >&2; exit 3; fi
        cat "$in" > "$out"
      merge: concat
      output: all.txt
      """;

  @TempDir Path folder;

  @Test
  void everyFragmentHasACaseAndARow() throws Exception {
    var workspace = new Workspace(folder);
    workspace.write("copy.yaml", PIPELINE);
    workspace.write("in/a", "1\n");
    workspace.write("in/b", "bad\n");
    workspace.write("in/c", "3\n");
    var command = new String[] {"run", "copy.yaml", "--junit", "r.xml", "--trace", "t.tsv"};

    assertThat(workspace.run(command).exitCode()).isEqualTo(6);
    var rows = rows();
    assertThat(rows).extracting(row -> row.get("tag")).containsExactlyInAnyOrder("0", "1", "2");
    assertThat(rows).extracting(row -> row.get("task_id")).containsExactly("1", "2", "3");
    for (var row : rows) {
      var bad = row.get("tag").equals("1");
      assertThat(row)
          .containsEntry("process", "copy")
          .containsEntry("name", "copy (" + row.get("tag") + ")")
          .containsEntry("attempt", "1")
          .containsEntry("status", bad ? "FAILED" : "COMPLETED")
          .containsEntry("exit", bad ? "3" : "0");
      assertThat(row.get("hostname")).startsWith("local-");
      assertThat(row.get("error")).isEqualTo(bad ? "It exited with 3." : "-");
      assertThat(Long.parseLong(row.get("complete")) - Long.parseLong(row.get("submit")))
          .isEqualTo(Long.parseLong(row.get("duration")));
      assertThat(Long.parseLong(row.get("realtime"))).isNotNegative();
      assertThat(row.get("%cpu")).matches("-|[0-9]+\\.[0-9]");
      assertThat(row.get("peak_rss")).matches("-|[0-9]+");
      assertThat(row.get("output_bytes")).isEqualTo(bad ? "0" : "2");
    }
    var suites = suites();
    assertThat(suites.keySet()).containsExactly("copy.copy", "copy");
    var cases = suites.get("copy.copy");
    assertThat(cases).hasSize(3);
    assertThat(cases.get(0).getElementsByTagName("failure").getLength()).isZero();
    var failure = (Element) cases.get(1).getElementsByTagName("failure").item(0);
    assertThat(cases.get(1).getAttribute("name")).isEqualTo("fragment 1");
    assertThat(failure.getAttribute("message")).isEqualTo("It exited with 3.");
    assertThat(failure.getAttribute("type")).isEqualTo("COMMAND");
    assertThat(failure.getTextContent()).isEqualTo("fragment 1 (b)\nno <good> & bad");
    var whole = suites.get("copy");
    assertThat(whole).hasSize(1);
    assertThat(whole.get(0).getElementsByTagName("error").getLength()).isZero();
    assertThat(root().getAttribute("tests")).isEqualTo("4");
    assertThat(root().getAttribute("failures")).isEqualTo("1");

    workspace.write("in/b", "2\n");
    assertThat(workspace.run(command).exitCode()).isZero();
    assertThat(rows())
        .extracting(row -> row.get("tag") + " " + row.get("status") + " " + row.get("submit"))
        .hasSize(3)
        .contains("0 CACHED -", "2 CACHED -")
        .anyMatch(row -> row.startsWith("1 COMPLETED "));
    assertThat(root().getAttribute("failures")).isEqualTo("0");
  }

  @Test
  void aRunThatFailsAsAWholeIsNoSuccess() throws Exception {
    var workspace = new Workspace(folder);
    workspace.write("x.yaml", "version: 1\nname: x\nrun: exit 1\nmerge: value\n");

    assertThat(workspace.run("run", "x.yaml", "--junit", "r.xml").exitCode()).isEqualTo(1);
    assertThat(root().getAttribute("errors")).isEqualTo("1");
    assertThat(suites().get("x").get(0).getElementsByTagName("error").getLength()).isOne();

    var refused = workspace.run("run", "x.yaml", "--trace", "none/t.tsv");
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("There is no folder", "to write `none/t.tsv` in.");

    Files.createSymbolicLink(workspace.folder().resolve("link"), Path.of("same"));
    for (var other : List.of("same", "./same", "link")) {
      var both = workspace.run("run", "x.yaml", "--junit", "same", "--trace", other);
      assertThat(both.exitCode()).isEqualTo(2);
      assertThat(both.err()).contains("both write `same`");
    }
  }

  @Test
  void nothingIsReplacedThatIsNoRecord() throws Exception {
    var workspace = new Workspace(folder);
    workspace.write("copy.yaml", PIPELINE);
    workspace.write("in/a", "1\n");
    workspace.write("other.xml", "<?xml version=\"1.0\"?>\n<testsuites name=\"mine\"/>\n");

    Files.createDirectory(folder.resolve(".golem-pipeline"));
    for (var refused :
        List.of(
            "--trace -: `--trace` writes a file, not standard output.",
            "--junit .golem-pipeline/r: `.golem-pipeline/r` is in the folder where runs keep",
            "--junit copy.yaml: `copy.yaml` is not a file that `--junit` has written",
            "--trace copy.yaml: `copy.yaml` is not a file that `--trace` has written",
            "--junit other.xml: `other.xml` is not a file that `--junit` has written",
            "--trace in/a: `in/a` is not a file that `--trace` has written",
            "--trace in/new: `in/new` is an input of the pipeline.",
            "--junit all.txt: `all.txt` is the result of stage `copy`.")) {
      var option = refused.substring(0, refused.indexOf(':')).split(" ");
      var ran = workspace.run("run", "copy.yaml", option[0], option[1]);
      assertThat(ran.exitCode()).as(refused).isEqualTo(2);
      assertThat(ran.err()).contains(refused.substring(refused.indexOf(':') + 2));
    }
    workspace.write("real/deep/nothing", "");
    workspace.write("real/notes.txt", "precious");
    Files.createSymbolicLink(folder.resolve("d"), Path.of("real/deep"));
    Files.createSymbolicLink(folder.resolve("real/deep/t.tsv"), Path.of("../notes.txt"));
    for (var through : List.of("d/../notes.txt", "d/t.tsv")) {
      var ran = workspace.run("run", "copy.yaml", "--trace", through);
      assertThat(ran.err()).contains("`" + through + "` is not a file that `--trace` has written");
    }
    assertThat(workspace.read("real/notes.txt")).isEqualTo("precious");
    assertThat(workspace.read("copy.yaml")).isEqualTo(PIPELINE);
    assertThat(workspace.read("other.xml")).contains("mine");
    assertThat(workspace.files("in")).containsOnlyKeys("a");
    assertThat(folder.resolve("all.txt")).doesNotExist();
    workspace.write("empty.tsv", "");
    assertThat(workspace.run("run", "copy.yaml", "--trace", "empty.tsv").exitCode()).isZero();
  }

  @Test
  void theWorkflowOfThePageWorks() throws Exception {
    var page = Workspace.project().resolve("docs/ci.md");
    var example = DocsExample.of(page).get(0);
    var workspace = new Workspace(folder);
    workspace.write("pipeline.yaml", example.text());
    for (var input : example.inputs().entrySet()) {
      workspace.write(input.getKey(), input.getValue());
    }
    var workflow = Files.readString(page);
    var commands = Pattern.compile("run: golem-pipeline (.+)").matcher(workflow).results().toList();
    assertThat(commands).hasSize(3);
    for (var command : commands) {
      var ran = workspace.run(command.group(1).split(" "));
      assertThat(ran.exitCode()).as(command.group() + "\n" + ran.err()).isZero();
    }
    var kept = Pattern.compile("(?s)path: \\|\n(.*?)```").matcher(workflow);
    assertThat(kept.find()).isTrue();
    assertThat(kept.group(1).lines().map(String::strip))
        .hasSize(4)
        .allSatisfy(file -> assertThat(folder.resolve(file)).isNotEmptyFile());
  }

  private List<Map<String, String>> rows() throws IOException {
    var lines = Files.readAllLines(folder.resolve("t.tsv"));
    var header = Arrays.asList(lines.get(0).split("\t", -1));
    var rows = new ArrayList<Map<String, String>>();
    for (var line : lines.subList(1, lines.size())) {
      var values = line.split("\t", -1);
      assertThat(values).hasSameSizeAs(header);
      var row = new LinkedHashMap<String, String>();
      for (var i = 0; i < values.length; i++) {
        row.put(header.get(i), values[i]);
      }
      rows.add(row);
    }
    return rows;
  }

  private Element root() throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(folder.resolve("r.xml").toFile())
        .getDocumentElement();
  }

  /** The cases of each suite; what a suite says of their number is right. */
  private Map<String, List<Element>> suites() throws Exception {
    var suites = new LinkedHashMap<String, List<Element>>();
    var found = root().getElementsByTagName("testsuite");
    for (var i = 0; i < found.getLength(); i++) {
      var suite = (Element) found.item(i);
      var inside = suite.getElementsByTagName("testcase");
      var cases = new ArrayList<Element>();
      for (var j = 0; j < inside.getLength(); j++) {
        cases.add((Element) inside.item(j));
      }
      assertThat(suite.getAttribute("tests")).isEqualTo(Integer.toString(cases.size()));
      suites.put(suite.getAttribute("name"), cases);
    }
    return suites;
  }
}
