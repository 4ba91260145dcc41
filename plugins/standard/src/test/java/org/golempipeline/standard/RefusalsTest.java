package org.golempipeline.standard;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.golempipeline.standard.Sandbox.utf8;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.StrategyException;
import org.golempipeline.strategy.testing.JsonText;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be split or merged is refused in the user's words. */
class RefusalsTest {
  private final Sandbox sandbox = new Sandbox();

  @AfterEach
  void close() {
    sandbox.close();
  }

  @ParameterizedTest
  @CsvSource({
    "gzip, '\u001f\u008b\u0008'",
    "zstd, '\u0028\u00b5\u002f\u00fd'",
    "bzip2, 'BZh91AY&SY'",
    "xz, '\u00fd7zXZ\u0000'",
    "lz4, '\u0004\"M\u0018'",
    "compress, '\u001f\u009d'"
  })
  void textThatIsCompressed(String format, String magic) {
    var options =
        List.of(
            "1",
            "{\"size\": \"1B\", \"delimiter\": \"x\"}",
            "{\"rows\": 1}",
            "{\"elements\": 1}",
            "{\"start\": \"^>\"}");
    var splits =
        List.of(
            new LinesSplit(),
            new BytesSplit(),
            new CsvSplit(),
            new JsonSplit(),
            new RecordsSplit());
    for (var i = 0; i < splits.size(); i++) {
      var context = sandbox.context(options.get(i)).input("a/x", magic.getBytes(ISO_8859_1));
      var split = splits.get(i);
      assertThat(refusal(() -> split.split(context)))
          .isEqualTo(
              "`a/x` is compressed with %s, so its text cannot be cut. [Use `split: files` and unpack each file in `run`, or unpack it beforehand.]"
                  .formatted(format));
    }
  }

  @Test
  void textInUtf16() {
    var context = sandbox.context("1").input("x", new byte[] {(byte) 0xff, (byte) 0xfe, 'a', 0});
    assertThat(refusal(() -> new LinesSplit().split(context)))
        .isEqualTo(
            "`x` is UTF-16 text, so its text cannot be cut. [Convert it with `iconv -f UTF-16 -t UTF-8`, or use `split: files` to hand out whole files.]");
  }

  /** An empty archive, as the names of what is in one are no matter here. */
  @Test
  void archives() {
    var zip = sandbox.context("1").input("a.xlsx", "PK\5\6".getBytes(ISO_8859_1));
    assertThat(refusal(() -> new LinesSplit().split(zip)))
        .startsWith("`a.xlsx` is a zip archive, so its text cannot be cut. [Use `split: files`");
  }

  /** Zeros are what such a list has between its items, not a sign of UTF-16. */
  @Test
  void listsThatZerosDelimitAreText() throws Exception {
    var options = "{\"size\": \"2B\", \"delimiter\": \"\\u0000\"}";
    assertThat(sandbox.split(new BytesSplit(), options, "a\0b\0c\0d\0").count()).isEqualTo(4);
  }

  /** Joined as text, members of gzip would come out sorted by their compressed bytes. */
  @Test
  void outputsThatAreNoText() {
    var merges =
        Map.of(
            "sort", new SortMerge(),
            "csv", new CsvMerge(),
            "json", new JsonMerge(),
            "sum", new SumMerge(),
            "value", new ValueMerge(),
            "aggregate", new AggregateMerge());
    var texts = Map.of("gzip", "\u001f\u008b\b\0\0", "zip", "PK\3\4", "wide", "1\0,\0002\0\n\0");
    merges.forEach(
        (name, merge) -> {
          var options = name.equals("aggregate") ? "{\"by\": 1, \"count\": true}" : "null";
          assertThat(mergeBytes(merge, options, texts.get("gzip")))
              .isEqualTo(
                  "What fragment 0 left is compressed with gzip, which cannot be joined as text. [Let `run` write plain text, or keep the outputs as they are with `merge: collect`.]");
          assertThat(mergeBytes(merge, options, texts.get("zip")))
              .startsWith("What fragment 0 left is a zip archive, which cannot be joined as text.");
          assertThat(mergeBytes(merge, options, texts.get("wide")))
              .isEqualTo(
                  "What fragment 0 left is UTF-16 text, which cannot be joined as text. [Let `run` write UTF-8: `iconv -f UTF-16LE -t UTF-8` converts.]");
        });
  }

  /** Members of gzip may follow each other, so `concat` joins whatever it is given. */
  @Test
  void concatJoinsBytes() throws Exception {
    var member = "\u001f\u008b\b\0\0".getBytes(ISO_8859_1);
    var joined = sandbox.merge(new ConcatMerge(), "null", List.of(member, member));
    assertThat(joined).hasSize(2 * member.length);
  }

  @Test
  void patternsForFiles() {
    assertThat(variables(new FilesSplit(), "{\"by\": \"(\"}"))
        .startsWith("`by: (` is not a regular expression that can be used: missing closing ).");
    assertThat(variables(new FilesSplit(), "{\"by\": \"R[(]\\\\(x(?:y)(?i)z\"}"))
        .startsWith("`by: R[(]\\(x(?:y)(?i)z` captures nothing, so all files would be one group.");
    assertThat(variables(new FilesSplit(), "{\"by\": \"(?<Sample>.)\"}"))
        .startsWith("The capture `Sample` cannot be a variable.");
    assertThat(split(new FilesSplit(), "{\"by\": \"(a)\"}", "b"))
        .startsWith("`input` does not match `by: (a)`.");
    assertThat(split(new FilesSplit(), "{\"by\": \"(in)\", \"exactly\": 2}", "b"))
        .startsWith("A group has 1 file instead of 2: `input`.");
  }

  @Test
  void sizesOfNothing() {
    assertThat(variables(new BytesSplit(), "\"0B\""))
        .startsWith("A fragment cannot have a size of 0 bytes.");
  }

  @Test
  void csvThatDoesNotClose() {
    assertThat(split(new CsvSplit(), "{\"rows\": 1}", "\"a\nb\",c\n1,2\n3,\"4\n5\n"))
        .startsWith("The row that begins in line 4 of `input` opens a quote and never closes it.");
    assertThat(merge(new CsvMerge(), "null", "a,\"b\n"))
        .startsWith("The row that begins in line 1 of fragment 0 opens a quote");
    assertThat(
            merge(new CsvMerge(), "null", "a,b\n1,2\n", "a,b\n1,\"x\ny\"\n3,\"4\n", "a,b\n5,6\n"))
        .startsWith("The row that begins in line 4 of fragment 1 opens a quote and never closes");
    assertThat(merge(new CsvMerge(), "null", "a,b\n", "a,c\n"))
        .isEqualTo(
            "The header of fragment 1 is `a,c`, not `a,b` as before it. [Let every fragment write the same header, or use `concat` if there is none.]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          [1, 2          | line 1 lacks `,` or `]`
          [1,, 2]        | line 1 has something that JSON does not know
          [1, 2] 3       | line 1 has something behind the array
          [01]           | line 1 has a number that JSON does not know
          [1,]           | line 1 has something that JSON does not know
          ["a            | line 1 ends inside a string
          ["\\x"]        | line 1 has an unknown escape in a string
          [{"a" 1}]      | line 1 lacks `:` behind a name
          [{a: 1}]       | line 1 lacks a name in quotes
          [tru]          | line 1 has something that JSON does not know
          [1 2]          | line 1 lacks `,` or `]`
          """)
  void jsonThatIsNone(String json, String problem) {
    assertThat(split(new JsonSplit(), "{\"elements\": 1}", json))
        .startsWith("`input` is not valid JSON: " + problem);
  }

  /** Such as dates that somebody forgot to quote: three numbers, if one may follow another. */
  @ParameterizedTest
  @ValueSource(strings = {"2024-10-12", "1-2", "1[2]", "10:30", "null\"x\"", "1.5.5"})
  void valuesThatNothingKeepsApart(String json) {
    assertThat(merge(new JsonMerge(), "null", json))
        .startsWith("fragment 0 is not valid JSON: line 1 has ");
  }

  @Test
  void jsonThatIsNotUtf8() {
    for (var bytes :
        List.of("\u00e4", "\u00c0\u0080", "\u00ed\u00a0\u0080", "\u00f0\u009f\u0098")) {
      var context =
          sandbox
              .context("{\"elements\": 1}")
              .input("x", ("[\"" + bytes + "\"]").getBytes(ISO_8859_1));
      assertThat(refusal(() -> new JsonSplit().split(context)))
          .startsWith("`x` is not valid JSON: line 1 has a string that is not UTF-8.");
    }
  }

  @Test
  void jsonThatIsNoArrayOrTooDeep() {
    assertThat(split(new JsonSplit(), "{\"elements\": 1}", "{\"a\": 1}\n{}\n"))
        .isEqualTo(
            "`input` does not hold a JSON array. [For one value a line use `lines`; for whole files use `files`.]");
    assertThat(merge(new JsonMerge(), "null", "[1]", "\n[1\n"))
        .startsWith("fragment 1 is not valid JSON: line 3 lacks `,` or `]`.");
    assertThat(merge(new JsonMerge(), "null", "[".repeat(20_000)))
        .startsWith("fragment 0 is not valid JSON: line 1 nests deeper than 10,000 levels.");
  }

  @Test
  void recordsThatNeverStart() {
    assertThat(split(new RecordsSplit(), "{\"start\": \"^>\"}", "a\nb\n"))
        .startsWith("No line of `input` matches `start: ^>`.");
    assertThat(variables(new RecordsSplit(), "{\"start\": \"[\"}"))
        .startsWith("`start: [` is not a regular expression that can be used: missing closing ].");
  }

  @Test
  void rangesThatMakeNoSense() {
    assertThat(split(new RangeSplit(), "{\"from\": 3, \"to\": 2, \"as\": \"i\"}", ""))
        .startsWith("The range begins at `3`, behind its end `2`.");
    assertThat(split(new RangeSplit(), "{\"to\": 1e12, \"as\": \"i\"}", ""))
        .startsWith("The range gives 1000000000000 fragments, more than 2,147,483,647.");
    assertThat(split(new RangeSplit(), "{\"to\": 1e999999, \"as\": \"i\"}", ""))
        .startsWith("`to` has more than 1000 digits.");
    assertThat(split(new RangeSplit(), "{\"to\": \"x1\", \"as\": \"i\"}", ""))
        .startsWith("`to` must be a number, not `x1`.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ` `       | The table `t.csv` is empty.
          a,B       | The table `t.csv` has a column `B`, which cannot be a variable.
          a,a       | The table `t.csv` has two columns `a`.
          a,b       | The table `t.csv` has no rows below its header.
          a,b/1     | Line 2 of `t.csv` has 1 column instead of 2.
          a,b/1,"2  | Line 2 of `t.csv` opens a quote that is never closed.
          """)
  void tablesThatAreWrong(String table, String message) {
    var context = sandbox.context("\"t.csv\"");
    context.beside("t.csv", utf8(table.replace('/', '\n')));
    assertThat(refusal(() -> new TableSplit().split(context))).startsWith(message);
  }

  /** Two values would become one otherwise. */
  @Test
  void tablesThatAreNotText() throws Exception {
    var latin = sandbox.context("\"t.csv\"");
    latin.beside("t.csv", "name,n\ncaf\u00e9,1\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(refusal(() -> new TableSplit().split(latin)))
        .startsWith("Line 2 of `t.csv` has `caf\ufffd`, which is not UTF-8.");
    var wide = sandbox.context("\"t.csv\"");
    wide.beside("t.csv", "\ufeffname\n1\n".getBytes(StandardCharsets.UTF_16LE));
    assertThat(refusal(() -> new TableSplit().split(wide))).startsWith("`t.csv` is UTF-16 text");
    var packed = sandbox.context("\"t.csv\"");
    packed.beside("t.csv", new byte[] {0x1f, (byte) 0x8b, 8, 0});
    assertThat(refusal(() -> new TableSplit().split(packed)))
        .startsWith("`t.csv` is compressed with gzip");
  }

  @Test
  void valuesThatCannotBecomeVariables() {
    assertThat(merge(new ValueMerge(), "null", "a\0b\n"))
        .startsWith("The value in fragment 0 is not UTF-8 text, or has a zero byte.");
  }

  @Test
  void tablesThatAreNotThere() {
    assertThat(split(new TableSplit(), "\"none.csv\"", ""))
        .startsWith("There is no table `none.csv`.");
  }

  @Test
  void commandsThatFailOrLeaveNothing() {
    assertThat(split(new CommandSplit(), "\"exit 3\"", ""))
        .startsWith("`split.command` ended with status 3");
    assertThat(split(new CommandSplit(), "\"true\"", ""))
        .startsWith("The command of `split` left no file in `$outdir`.");
    assertThat(merge(new CommandMerge(), "\"true\"", "a"))
        .startsWith("The command of `merge` did not write `$out`.");
  }

  /** Else nobody would notice that a fragment is missing. */
  @ParameterizedTest
  @CsvSource({
    "ln -s nowhere, a link to nowhere",
    "ln -s $in, a link to a folder",
    "mkfifo, no file"
  })
  void whatACommandLeftThatIsNoFile(String maker, String kind) {
    assertThat(split(new CommandSplit(), "\"> $outdir/a; " + maker + " $outdir/b\"", ""))
        .startsWith("The command of `split` left `b` in `$outdir`, which is " + kind + ".");
  }

  @Test
  void valuesThatAreNotOneLine() {
    assertThat(merge(new ValueMerge(), "null", "", "")).startsWith("The stage wrote no value.");
    assertThat(merge(new ValueMerge(), "null", "1\n", "2\n"))
        .startsWith("The value has a second line, in fragment 1.");
    assertThat(merge(new ValueMerge(), "null", "x".repeat(300_000)))
        .startsWith("Line 1 of fragment 0 is longer than 65,536 bytes.");
  }

  @Test
  void numbersThatAreNone() {
    assertThat(merge(new SumMerge(), "null", "1\n\nNaN\n"))
        .startsWith("Line 3 of fragment 0 has `NaN` in column 1, which is not a number.");
    assertThat(merge(new SumMerge(), "null", "1e999999999\n"))
        .startsWith(
            "Line 1 of fragment 0 has `1e999999999` in column 1, which has more than 1,000 digits.");
    assertThat(merge(new SumMerge(), "null", "1 2\n", "3\n"))
        .startsWith("Line 1 of fragment 1 has 1 column, the lines before it have 2.");
  }

  @Test
  void numbersThatAreTooLong() {
    for (var number :
        List.of("1e1001", "-.5E-1001", "1".repeat(1001), "1.".concat("0".repeat(1000)))) {
      assertThat(merge(new SumMerge(), "null", number))
          .contains("in column 1, which has more than 1,000 digits.");
      assertThat(merge(new SortMerge(), "{\"numeric\": true}", number))
          .contains("where a number of at most 1,000 digits is expected.");
    }
    for (var text : List.of("1\0", "\0", "1\0\t2", "1e", "e1001", "1_" + "1".repeat(1000))) {
      assertThat(merge(new SumMerge(), "null", text))
          .contains("in column 1, which is not a number.");
    }
  }

  @Test
  void columnsThatAreTwoOrBeyondCounting() {
    for (var options :
        List.of("{\"by\": \"k\", \"count\": true}", "{\"by\": \"n\", \"sum\": \"k\"}")) {
      assertThat(merge(new AggregateMerge(), options, "k,n,k\n1,2,3\n"))
          .startsWith("Line 1 of fragment 0 names two columns `k`.");
    }
    for (var column : List.of("0", "1000001", "4294967297")) {
      assertThat(merge(new SortMerge(), "{\"key\": %s}".formatted(column), "a\n"))
          .startsWith("There is no column " + column + ".");
      assertThat(
              merge(new AggregateMerge(), "{\"by\": %s, \"count\": true}".formatted(column), "a\n"))
          .startsWith("There is no column " + column + ".");
    }
  }

  @Test
  void columnsThatAreNotThere() {
    assertThat(merge(new AggregateMerge(), "{\"by\": \"k\", \"sum\": \"n\"}", "k,m\nx,1\n"))
        .isEqualTo("Line 1 of fragment 0 names no column `n`. [Its columns are: k, m.]");
    assertThat(merge(new AggregateMerge(), "{\"by\": 1, \"sum\": 3}", "a\t1\n"))
        .startsWith("Line 1 of fragment 0 has 2 columns, but column 3 is asked for.");
    assertThat(merge(new AggregateMerge(), "{\"by\": \"k\", \"count\": true}", "k,n\n", "k,m\n"))
        .startsWith("Line 1 of fragment 1 is another header than that of the outputs before it.");
    assertThat(merge(new SortMerge(), "{\"key\": 2}", "a 1\nb\n"))
        .startsWith("Line 2 of fragment 0 has no column 2: `b`.");
  }

  @Test
  void outputsThatAreNotSorted() {
    assertThat(merge(new SortMerge(), "null", "a\n", "b\nB\n"))
        .startsWith("Line 2 of fragment 1 is out of order: `B` comes after `b`.");
    assertThat(merge(new SortMerge(), "{\"numeric\": true, \"key\": 2}", "a 1e1\na 9\n"))
        .endsWith(
            "[Sort it in `run` with `LC_ALL=C sort -g -k 2,2`, and `-t` for what stands between the"
                + " columns.]");
    assertThat(merge(new SortMerge(), "{\"numeric\": true}", "x\n"))
        .startsWith("Line 1 of fragment 0 has `x` where a number is expected.");
  }

  private String variables(SplitStrategy strategy, String options) {
    return refusal(() -> strategy.variables(JsonText.options(options)));
  }

  private String split(SplitStrategy strategy, String options, String content) {
    return refusal(() -> sandbox.split(strategy, options, content));
  }

  private String merge(MergeStrategy strategy, String options, String... outputs) {
    return refusal(() -> sandbox.merge(strategy, options, outputs));
  }

  private String mergeBytes(MergeStrategy strategy, String options, String output) {
    return refusal(() -> sandbox.merge(strategy, options, List.of(output.getBytes(ISO_8859_1))));
  }

  /** The message and, in brackets, the hint. */
  private static String refusal(ThrowingCallable call) {
    var thrown = catchThrowableOfType(StrategyException.class, call);
    assertThat(thrown).isNotNull();
    return thrown.getMessage() + thrown.hint().map(hint -> " [" + hint + "]").orElse("");
  }
}
