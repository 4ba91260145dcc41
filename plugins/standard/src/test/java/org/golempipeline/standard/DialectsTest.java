package org.golempipeline.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.golempipeline.standard.Sandbox.utf8;

import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.golempipeline.strategy.StrategyException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Tables that other programs write in a dialect of their own: what would be cut within a row, lose
 * its header or change a field is refused with the line and the cure; what is only odd is not.
 */
class DialectsTest {
  private static final String ROWS = "{\"rows\": 1}";

  private final Sandbox sandbox = new Sandbox();

  @AfterEach
  void close() {
    sandbox.close();
  }

  @Test
  void textBehindAClosingQuote() {
    assertThat(csv(ROWS, "id,text\n1,ok\n2,\"say \\\"hi\\\" to\nme\"\n"))
        .isEqualTo(
            "The row that begins in line 3 of `input` has text behind a closing quote. [Double a quote that belongs to the text (a backslash before it means nothing), and set `delimiter` if fields end in something else.]");
    assertThat(csv(ROWS, "id,text\n1,\"a\"b\n")).contains("line 2 of `input` has text behind a");
    assertThat(csv(ROWS, "\"id\"x,text\n1,2\n")).contains("line 1 of `input` has text behind a");
    assertThat(csv(ROWS, "a:b\n1:\"x\ny\"\n\"1\":2\n")).contains("line 4 of `input` has text");
    assertThat(csv(ROWS, "\"a\",\"b\"\r\"1\",\"2\"\r")).contains("text behind a closing quote");
    assertThat(mergedCsv("null", "id,text\n1,\"a\"b\n"))
        .startsWith("The row that begins in line 2 of fragment 0 has text behind a closing quote.");
  }

  @Test
  void aDelimiterThatWasGuessedWrong() {
    assertThat(csv(ROWS, "id (int, req, 20);text\n1;\"x\ny\"\n2;z\n"))
        .isEqualTo(
            "The row that begins in line 2 of `input` opens a quote behind something that may well be the delimiter. [Set `delimiter` to what stands between the fields: without it, the header tells, by what it has most of. Lines above the header must go.]");
    assertThat(csv(ROWS, "id (int, req, 20);text\n1;x\n2;z\n"))
        .startsWith(
            "The row that begins in line 2 of `input` has 1 column with `,` between, but 2 with `;`, as many as the header.");
    assertThat(csv(ROWS, "a,b\tc\td\n1,\"x\ty\"\n"))
        .startsWith("The row that begins in line 2 of `input` opens a quote behind something");
    assertThat(mergedCsv("null", "a,b;c\n1;2\n"))
        .startsWith("The row that begins in line 2 of fragment 0 has 1 column with `,` between");
  }

  @Test
  void aDelimiterThatIsNamedIsNotDoubted() throws Exception {
    var header = "id (int, req, 20);text\n";
    var options = "{\"rows\": 1, \"delimiter\": \";\"}";

    assertThat(sandbox.split(new CsvSplit(), options, header + "1;\"x\ny\"\n2;z\n").count())
        .isEqualTo(2);
    assertThat(
            sandbox.merge(
                new CsvMerge(), "{\"delimiter\": \";\"}", header + "1;\"x\ny\"", header + "2;z\n"))
        .isEqualTo(header + "1;\"x\ny\"\n2;z\n");
    assertThat(
            sandbox
                .split(new CsvSplit(), "{\"rows\": 1, \"delimiter\": \",\"}", "text\na,b\nc,d\n")
                .count())
        .isEqualTo(2);
  }

  @Test
  void whatStandsAboveTheHeader() throws Exception {
    assertThat(csv(ROWS, "sep=;\nid;text\n1;a\n"))
        .isEqualTo(
            "Line 1 of `input` is `sep=;`, which tells a spreadsheet the delimiter and names no columns. [Set `header` to the number of rows down to the one that names the columns, and `delimiter`; every fragment then begins with them. Or remove what stands above the header.]");
    assertThat(csv(ROWS, "\ufeff\"sep=,\"\r\nid,text\r\n"))
        .startsWith("Line 1 of `input` is `\"sep=,");
    assertThat(csv(ROWS, "\nid,text\n1,a\n"))
        .startsWith("Line 1 of `input` is blank, where its header is looked for.");
    assertThat(csv(ROWS, " \r\nid,text\r\n")).startsWith("Line 1 of `input` is blank");
    assertThat(csv("{\"rows\": 1, \"header\": 2}", "Report\n\nid,text\n"))
        .startsWith("Line 2 of `input` is blank, where its header is looked for.");
    assertThat(csv(ROWS, "Report of the year\nid,text\n1,a\n"))
        .startsWith(
            "The row that begins in line 3 of `input` has 2 columns with `,` between, like the row above it, and the header has one.");
    assertThat(mergedCsv("null", "sep=,\na,b\n")).startsWith("Line 1 of fragment 0 is `sep=,`");
    assertThat(mergedCsv("null", "\na,b\n")).startsWith("Line 1 of fragment 0 is blank");

    var options = "{\"rows\": 1, \"header\": 2, \"delimiter\": \";\"}";
    var split = sandbox.split(new CsvSplit(), options, "sep=;\nid;text\n1;\"a\nb\"\n2;c\n");
    assertThat(split.count()).isEqualTo(2);
    assertThat(split.get(1).pieces().get(0)).hasToString(split.get(0).pieces().get(0).toString());
  }

  @Test
  void blanksBeforeQuotes() throws Exception {
    assertThat(csv(ROWS, "a, b\n1, \"x\ny\"\n"))
        .startsWith(
            "The row that begins in line 2 of `input` opens a quote behind a blank and does not close it.");
    assertThat(csv(ROWS, "a, b\n1, \"x"))
        .startsWith("The row that begins in line 2 of `input` opens a quote and never closes it.");
    assertThat(sandbox.split(new CsvSplit(), ROWS, "a, \"b\"\n1, \"x, y\"\n\"2\" , z\n").count())
        .isEqualTo(2);
  }

  @Test
  void backslashesThatWereMeantToEscape() throws Exception {
    assertThat(csv(ROWS, "a,b\n1,x\\\ny\n"))
        .isEqualTo(
            "The row that begins in line 3 of `input` has 1 column instead of 2, by a backslash before a quote or a line end. [Backslashes mean nothing here: put fields that have line ends into quotes, and double the quotes in them.]");
    assertThat(csv(ROWS, "a,b\n\"x\\\",y\",1\n"))
        .contains("has 3 columns instead of 2, by a backslash");
    assertThat(csv(ROWS, "a,b\n1,\"x\\\"\ny\"\n"))
        .contains("has 1 column instead of 2, by a backslash");
    assertThat(
            sandbox.split(new CsvSplit(), ROWS, "path,n\n\"C:\\dir\\\",1\nC:\\dir\\,2\n").count())
        .isEqualTo(2);
    assertThat(
            sandbox.split(new CsvSplit(), ROWS, "n,path\n1,\"C:\\dir\\\"\n2,C:\\dir\\\n").count())
        .isEqualTo(2);
  }

  @Test
  void linesThatEndInReturnsAlone() {
    assertThat(csv(ROWS, "a,b\r1,2\r3,4\r"))
        .startsWith("Line 1 of `input` has a carriage return without a line feed in it.");
  }

  /** By Python's reader each of these has as many rows. */
  @Test
  void filesThatAreOnlyOdd() throws Exception {
    var odd =
        Map.ofEntries(
            Map.entry("a,b\n1,5\" pipe\n2,say \"hi\" now\n", 2),
            Map.entry("a,b\n1\n2,3,4\n\n5,6\n", 4),
            Map.entry("a\n\"x, y\"\n\"z\n\"\n", 2),
            Map.entry("a\n1;2\n3\n", 2),
            Map.entry("a,b\n{\"k\": \"v\"},2\n=\"001\",3\n", 2),
            Map.entry("\"a\r\nb\",c\r\n1,\"\r\n\r\n\"\r\n2,\"\"\"\"\r\n", 2),
            Map.entry("a;b\n1,5;\"x\n\"\n2,5;y\n", 2),
            Map.entry("a|b\n1|2;3\n4|5\n", 2),
            Map.entry("a,b\n\"1\",\"2\" \n", 1),
            Map.entry("a\tb\n1\t2, 3\n", 1),
            Map.entry("\ufeff\"a,\nb\",c\n1,2\n", 1),
            Map.entry("sep=;x,b\n1,2\n", 1),
            Map.entry("separator\n1\n", 1),
            Map.entry("a,b\n1,2\rx\n", 1),
            Map.entry("", 1),
            Map.entry("a,b", 1));
    for (var each : odd.entrySet()) {
      assertThat(sandbox.split(new CsvSplit(), ROWS, each.getKey()).count())
          .as(each.getKey())
          .isEqualTo(each.getValue());
    }
  }

  /** CRLF became LF, so that two keys became one. */
  @Test
  void lineEndsWithinQuotesStay() throws Exception {
    var table = "k,n\r\n\"a\r\nb\",1\r\n\"a\nb\",2\r\n\"a\rb\",4\r\n\"a\r\nb\",8\r\n";
    assertThat(sandbox.merge(new AggregateMerge(), "{\"by\": \"k\", \"sum\": \"n\"}", table))
        .isEqualTo("k,n\n\"a\nb\",2\n\"a\r\nb\",9\n\"a\rb\",4\n");
    var context = sandbox.context("\"t.csv\"");
    context.beside("t.csv", utf8("k,n\n\"a\r\nb\",1\n\"\r\",2\n\"\n\r\n\",3\n"));
    var fragments = new TableSplit().split(context);
    assertThat(List.of(fragments.get(0), fragments.get(1), fragments.get(2)))
        .extracting(fragment -> fragment.variables().get("k"))
        .containsExactly("a\r\nb", "\r", "\n\r\n");
  }

  @Test
  void tablesInAnotherDialect() {
    assertThat(table("a,b\n\"x\"y,1\n"))
        .isEqualTo(
            "Line 2 of `t.csv` has text behind a closing quote. [Double a quote that belongs to a field (a backslash before it means nothing), and write a comma straight behind a field that is in quotes.]");
    assertThat(table("a,b\n\"say \\\"hi\\\"\",1\n")).contains("text behind a closing quote");
    assertThat(table("a,b\n1, \"x,y\"\n"))
        .isEqualTo(
            "Line 2 of `t.csv` has a blank before an opening quote. [Remove blanks before quotes.]");
    assertThat(table("sep=,\na,b\n1,2\n"))
        .isEqualTo(
            "Line 1 of `t.csv` is `sep=,`, which tells a spreadsheet the delimiter and is no row. [Remove the line.]");
    assertThat(aggregate("{\"by\": 1, \"count\": true}", "sep=,\na,1\n"))
        .startsWith("Line 1 of fragment 0 is `sep=,`");
    assertThat(aggregate("{\"by\": 1, \"count\": true}", "a,b 3\nc 4\n"))
        .isEqualTo(
            "Line 2 of fragment 0 has 1 column between commas, but 2 between blanks, as many as the first row. [Set `delimiter` to what stands between the columns: without it, the first row tells.]");
    assertThat(aggregate("{\"by\": 1, \"count\": true}", "a,b 3\n", "c 4\n"))
        .startsWith("Line 1 of fragment 1 has 1 column between commas, but 2 between blanks");
  }

  private String csv(String options, String content) {
    return refusal(() -> sandbox.split(new CsvSplit(), options, content));
  }

  private String mergedCsv(String options, String... outputs) {
    return refusal(() -> sandbox.merge(new CsvMerge(), options, outputs));
  }

  private String aggregate(String options, String... outputs) {
    return refusal(() -> sandbox.merge(new AggregateMerge(), options, outputs));
  }

  private String table(String content) {
    var context = sandbox.context("\"t.csv\"");
    context.beside("t.csv", utf8(content));
    return refusal(() -> new TableSplit().split(context));
  }

  /** The message and, in brackets, the hint. */
  private static String refusal(ThrowingCallable call) {
    var thrown = catchThrowableOfType(StrategyException.class, call);
    assertThat(thrown).isNotNull();
    return thrown.getMessage() + thrown.hint().map(hint -> " [" + hint + "]").orElse("");
  }
}
