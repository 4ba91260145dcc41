package org.golempipeline.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.golempipeline.standard.Sandbox.utf8;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.testing.Laws;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the fragments are, where the laws leave it open. */
class StandardSplitsTest {
  private final Sandbox sandbox = new Sandbox();

  @AfterEach
  void close() {
    sandbox.close();
  }

  @Test
  void anEmptyFileIsOneEmptyFragment() throws Exception {
    assertThat(Laws.describe(sandbox.split(new LinesSplit(), "5", "")))
        .containsExactly("input[0+0] {}");
    assertThat(Laws.describe(sandbox.split(new LinesSplit(), "{\"into\": 5}", "")))
        .containsExactly("input[0+0] {}");
    assertThat(Laws.describe(sandbox.split(new CsvSplit(), "{\"rows\": 5}", "")))
        .containsExactly("input[0+0] {}");
  }

  @Test
  void linesIntoPartsAreOfAboutTheSameSize() throws Exception {
    var fragments = sandbox.split(new LinesSplit(), "{\"into\": 4}", "abc\n".repeat(10));
    assertThat(Laws.describe(fragments))
        .containsExactly("input[0+12] {}", "input[12+8] {}", "input[20+12] {}", "input[32+8] {}");
  }

  @Test
  void linesIntoMorePartsThanThereAreGivesOneEach() throws Exception {
    assertThat(sandbox.split(new LinesSplit(), "{\"into\": 9}", "a\nb\nc").count()).isEqualTo(3);
  }

  @Test
  void bytesWithADelimiterFillUpToTheSize() throws Exception {
    var fragments =
        sandbox.split(
            new BytesSplit(), "{\"size\": \"5B\", \"delimiter\": \";\"}", "a;b;c;ddddddd;e");
    assertThat(contents(fragments)).containsExactly("a;b;", "c;", "ddddddd;", "e");
  }

  @Test
  void csvFragmentsHaveTheirHeader() throws Exception {
    var fragments = sandbox.split(new CsvSplit(), "{\"rows\": 2}", "a,b\n1,\"x\ny\"\n2,\n3,");
    assertThat(contents(fragments)).containsExactly("a,b\n1,\"x\ny\"\n2,\n", "a,b\n3,");
  }

  @Test
  void jsonFragmentsAreArrays() throws Exception {
    var fragments = sandbox.split(new JsonSplit(), "{\"elements\": 2}", "[ 1 , {\"a\": [2]},\n3 ]");
    assertThat(contents(fragments)).containsExactly("[1 , {\"a\": [2]}]\n", "[3]\n");
  }

  @Test
  void recordsStartWhereALineMatches() throws Exception {
    var fragments =
        sandbox.split(new RecordsSplit(), "{\"start\": \"^>\"}", "\ufeff>a\nA\n>b\n x>\n");
    assertThat(contents(fragments)).containsExactly("\ufeff>a\nA\n", ">b\n x>\n");
  }

  @Test
  void rangeGivesExactNumbers() throws Exception {
    var options = "{\"from\": 0, \"to\": 0.3, \"step\": 0.1, \"as\": [\"first\", \"size\"]}";
    assertThat(variables(new RangeSplit().split(sandbox.context(options))))
        .containsExactly(
            Map.of("first", "0", "size", "0.1"),
            Map.of("first", "0.1", "size", "0.1"),
            Map.of("first", "0.2", "size", "0.1"));
    var keyspace = "{\"to\": \"10\", \"step\": 4, \"as\": [\"first\", \"size\"]}";
    assertThat(variables(new RangeSplit().split(sandbox.context(keyspace))))
        .containsExactly(
            Map.of("first", "0", "size", "4"),
            Map.of("first", "4", "size", "4"),
            Map.of("first", "8", "size", "2"));
  }

  @Test
  void filesAreGroupedByWhatIsCaptured() throws Exception {
    var context = sandbox.context("{\"by\": \"(?<sample>.+)_R[12]\\\\.fq$\", \"exactly\": 2}");
    for (var path : List.of("a_R1.fq", "b_R1.fq", "a_R2.fq", "b_R2.fq")) {
      context.input(path, utf8(path));
    }
    assertThat(Laws.describe(new FilesSplit().split(context)))
        .containsExactly(
            "a_R1.fq[0+7] a_R2.fq[0+7] {sample=a}", "b_R1.fq[0+7] b_R2.fq[0+7] {sample=b}");
    assertThat(new FilesSplit().variables(context.options())).containsExactly("sample");
  }

  @Test
  void tableRowsBecomeVariables() throws Exception {
    var context = sandbox.context("\"jobs.csv\"");
    context.beside(
        "jobs.csv", utf8("\ufeffname,size\r\n\"a, \"\"b\"\"\",1\r\n\r\n\"x\r\ny\",\u00e4\r\n"));
    assertThat(variables(new TableSplit().split(context)))
        .containsExactly(
            Map.of("name", "a, \"b\"", "size", "1"), Map.of("name", "x\r\ny", "size", "\u00e4"));
  }

  @Test
  void commandsSeeParamsAndLeaveFilesInBytewiseOrder() throws Exception {
    var context =
        sandbox.context(
            "\"for n in B a 10 9; do echo \\\"$word$n\\\" > \\\"$outdir/$n\\\"; done\"");
    context.variable("word", "it's ");
    assertThat(contents(new CommandSplit().split(context)))
        .containsExactly("it's 10\n", "it's 9\n", "it's B\n", "it's a\n");
  }

  private static List<String> contents(Fragments fragments) throws IOException {
    return Laws.contents(fragments).stream()
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .toList();
  }

  private static List<Map<String, String>> variables(Fragments fragments) {
    return Laws.all(fragments).stream().map(Fragment::variables).toList();
  }
}
