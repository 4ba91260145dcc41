package org.golempipeline.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import org.golempipeline.spec.Comparison;
import org.golempipeline.spec.Comparison.Form;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutputComparisonTest {
  private static final Comparison TEXT = exactly(Form.TEXT);
  private static final Comparison JSON = exactly(Form.JSON);
  private static final Comparison CSV = exactly(Form.CSV);
  private static final Comparison NEAR_JSON = new Comparison(Form.JSON, new BigDecimal("1e-6"));
  private static final Comparison NEAR_CSV = new Comparison(Form.CSV, new BigDecimal("1e-6"));
  private static final int MEBIBYTE = 1 << 20;

  @Test
  void bytesMustAllBeTheSame() throws IOException {
    assertThat(same("", "", Comparison.BYTES)).isTrue();
    assertThat(same("a\n", "a\r\n", Comparison.BYTES)).isFalse();
    assertThat(same("a", "ab", Comparison.BYTES)).isFalse();
    var long1 = "x".repeat(3 * 65_536);
    assertThat(same(long1, long1, Comparison.BYTES)).isTrue();
    assertThat(same(long1, long1 + "y", Comparison.BYTES)).isFalse();
    assertThat(same(long1, long1.substring(1) + "y", Comparison.BYTES)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\nb",
        "a\nb\n",
        "a\r\nb\r\n",
        "a\rb\r",
        "a \t\nb",
        "a\nb  \n \n\t\r\n",
        "a\nb\n\n\n"
      })
  void textIgnoresHowLinesEnd(String text) throws IOException {
    assertThat(same("a\nb\n", text, TEXT)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\n\nb\n", "\na\nb\n", " a\nb\n", "a\n\tb\n", "ab\n", "a\nb\nc", "a\n", ""})
  void textNoticesWhatStandsBeforeTheEndOfALine(String text) throws IOException {
    assertThat(same("a\nb\n", text, TEXT)).isFalse();
  }

  @Test
  void textWithoutAnyLetterIsEmpty() throws IOException {
    assertThat(same("", " \n\t\r\n ", TEXT)).isTrue();
  }

  @Test
  void blanksInsideALineCount() throws IOException {
    assertThat(same("a b", "a  b", TEXT)).isFalse();
    assertThat(same("a \tb", "a\t b", TEXT)).isFalse();
    var blanks = " ".repeat(MEBIBYTE);
    assertThat(same("a" + blanks + "b", "a" + blanks + "b", TEXT)).isTrue();
    assertThat(same("a" + blanks + "b", "a" + blanks + " b", TEXT)).isFalse();
  }

  @Test
  void jsonIgnoresBlanksAndTheOrderOfKeys() throws IOException {
    assertThat(
            same(
                "{\"a\":[1,{\"b\":null,\"c\":true}],\"d\":\"e\"}",
                """
        { "d" : "e",
          "a" : [ 1, { "c" : true, "b" : null } ] }
        """,
                JSON))
        .isTrue();
    assertThat(same("\ufeff[1]\n", "[1]", JSON)).isTrue();
    assertThat(same("\"\\u0041\\/\"", "\"A/\"", JSON)).isTrue();
  }

  @Test
  void jsonNoticesEveryOtherDifference() throws IOException {
    for (var other :
        List.of(
            "{\"a\":2,\"b\":[1,2]}",
            "{\"b\":[1,2]}",
            "{\"a\":1}",
            "{\"a\":1,\"b\":[2,1]}",
            "{\"a\":1,\"b\":[1,2,3]}",
            "{\"a\":1,\"b\":[1]}",
            "{\"a\":\"1\",\"b\":[1,2]}",
            "{\"a\":true,\"b\":[1,2]}",
            "{\"a\":1,\"b\":{\"1\":2}}",
            "{\"A\":1,\"b\":[1,2]}",
            "{\"a\":1,\"b\":[1,2],\"c\":null}",
            "{\"a\":1,\"b\":[1,2]} 3",
            "[]",
            "")) {
      assertThat(same("{\"a\":1,\"b\":[1,2]}", other, JSON)).as(other).isFalse();
      assertThat(same("{\"b\":[1,2],\"a\":1}", other, JSON)).as(other).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1.0", "1", "10e-1", "0.1E1", "1.000000000000000000000000000000000000000"})
  void jsonNumbersCountByTheirValue(String number) throws IOException {
    assertThat(same("[1]", "[" + number + "]", JSON)).isTrue();
    assertThat(same("{\"a\":2,\"b\":1}", "{\"b\":" + number + ",\"a\":2}", JSON)).isTrue();
  }

  @Test
  void jsonNumbersAreExactWithoutTolerance() throws IOException {
    assertThat(same("[0.1]", "[0.1000000000000000055511151231257827]", JSON)).isFalse();
    assertThat(same("[9007199254740993]", "[9007199254740992]", JSON)).isFalse();
    assertThat(same("[-0.0]", "[0]", JSON)).isTrue();
  }

  @Test
  void numbersMayDifferByTheToleranceTimesTheLargerOne() throws IOException {
    var tenth = new Comparison(Form.JSON, new BigDecimal("0.1"));
    assertThat(same("[100]", "[90]", tenth)).isTrue();
    assertThat(same("[90]", "[100]", tenth)).isTrue();
    assertThat(same("[100]", "[89.999]", tenth)).isFalse();
    assertThat(same("[-100]", "[-90]", tenth)).isTrue();
    assertThat(same("[1e-9]", "[-1e-9]", tenth)).isFalse();
    assertThat(same("[0]", "[1e-300]", tenth)).isFalse();
    assertThat(same("{\"a\":1,\"b\":2}", "{\"b\":2.1,\"a\":1}", tenth)).isTrue();
    assertThat(same("[\"100\"]", "[\"90\"]", tenth)).isFalse();
  }

  @Test
  void notANumberIsAString() throws IOException {
    assertThat(same("[\"NaN\"]", "[\"NaN\"]", NEAR_JSON)).isTrue();
    assertThat(same("[\"NaN\"]", "[0]", NEAR_JSON)).isFalse();
    assertThat(same("[NaN]", "[NaN]", NEAR_JSON)).isTrue();
    assertThat(same("[NaN]", "[ NaN]", NEAR_JSON)).isFalse();
    assertThat(same("x,NaN\n", "x,0\n", NEAR_CSV)).isFalse();
    assertThat(same("x,NaN\n", "x,\"NaN\"\n", NEAR_CSV)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1,\"a\":2}",
        "{\"z\":{\"a\":1,\"a\":1}}",
        "[1,]",
        "[1",
        "{\"a\"",
        "nul",
        "'a'",
        "[1]]",
        "[01]",
        "\"\t\"",
        "\ufeff\ufeff1"
      })
  void whatIsNoJsonIsComparedByBytes(String text) throws IOException {
    assertThat(same(text, text, JSON)).isTrue();
    assertThat(same(text, " " + text, JSON)).isFalse();
    assertThat(same("{\"z\":1}", text, JSON)).isFalse();
    assertThat(same(text, "{\"z\":1}", JSON)).isFalse();
  }

  @Test
  void aKeyThatStandsTwiceIsNotOverlookedWhereTheOrderDiffers() throws IOException {
    assertThat(same("{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":0,\"a\":1}", JSON)).isFalse();
    assertThat(same("{\"c\":0,\"a\":1,\"b\":2}", "{\"c\":0,\"b\":2,\"a\":1,\"c\":0}", JSON))
        .isFalse();
  }

  @Test
  void jsonThatIsNotUtf8IsComparedByBytes() throws IOException {
    byte[] one = {'"', (byte) 0xff, '"'};
    byte[] other = {'"', (byte) 0xfe, '"'};
    assertThat(OutputComparison.same(stream(one), stream(one), JSON)).isTrue();
    assertThat(OutputComparison.same(stream(one), stream(other), JSON)).isFalse();
  }

  @Test
  void jsonLinesAreComparedOneByOne() throws IOException {
    assertThat(same("{\"a\":1,\"b\":2}\n[3]\n", "{\"b\":2,\"a\":1} [3]", JSON)).isTrue();
    assertThat(same("{\"a\":1}\n[3]\n", "{\"a\":1}\n", JSON)).isFalse();
    assertThat(same("1 2", "12", JSON)).isFalse();
    assertThat(same("", "\n", JSON)).isTrue();
  }

  @Test
  void hostileNumbersCostNothing() throws IOException {
    for (var number :
        List.of(
            "1e999999999",
            "1e-999999999",
            "1e99999999999999999999",
            "1e10000",
            "-1e-10000",
            "9".repeat(1000),
            "9".repeat(100_000))) {
      assertThat(same("[" + number + "]", "[" + number + "]", NEAR_JSON)).isTrue();
      assertThat(same("[" + number + "]", "[1]", NEAR_JSON)).isFalse();
      assertThat(same("[" + number + "]", "[1e-9999]", NEAR_JSON)).isFalse();
      assertThat(same("x," + number, "x,1e-9999", NEAR_CSV)).isFalse();
      assertThat(same("x," + number, "x, " + number, Comparison.BYTES)).isFalse();
    }
    assertThat(same("[1e10000]", "[1.0000001e10000]", NEAR_JSON)).isTrue();
  }

  /** An honest provider was banned for a blank. */
  @Test
  void jsonOfAnyDepthIsReadToItsEnd() throws IOException {
    for (var level :
        List.of("[%s]", "{\"a\":%s}", "{\"b\":1,\"a\":[%s]}", "{\"a\":[%s],\"b\":1}")) {
      var parts = level.split("%s", -1);
      var one = parts[0].repeat(20_000) + "1" + parts[1].repeat(20_000);
      assertThat(likeness(one, " " + one, JSON)).isEqualTo(Likeness.SAME);
      assertThat(likeness(one, one.replace("1]", "1.0 ]"), JSON)).isEqualTo(Likeness.SAME);
      var other = parts[0].repeat(20_000) + "2" + parts[1].repeat(20_000);
      assertThat(likeness(one, other, JSON)).isEqualTo(Likeness.DIFFERENT);
    }
    var mirrored = "{\"a\":1,\"b\":[".repeat(20_000) + "]}".repeat(20_000);
    assertThat(likeness(mirrored, "{\"b\":[".repeat(20_000) + "],\"a\":1}".repeat(20_000), JSON))
        .isEqualTo(Likeness.SAME);
  }

  /** What the command writes is not what it is read as: that speaks against no provider. */
  @ParameterizedTest
  @ValueSource(strings = {"abc", "[1", "{\"a\":1,\"a\":2}", "{\"c\":0,\"a\":1,\"a\":2}", "\"\t\""})
  void ofTwoThatAreNoJsonNobodyKnows(String text) throws IOException {
    assertThat(likeness(text, text, JSON)).isEqualTo(Likeness.SAME);
    assertThat(likeness(text, text + " ", JSON)).isEqualTo(Likeness.UNKNOWN);
    assertThat(likeness(text, "{\"a\":1}", JSON)).isEqualTo(Likeness.DIFFERENT);
    assertThat(likeness("{\"a\":1}", text, JSON)).isEqualTo(Likeness.DIFFERENT);
  }

  @Test
  void ofTwoThatAreNoCsvNobodyKnows() throws IOException {
    for (var text : List.of("a,\"b", "a,\"b\"c\n")) {
      assertThat(likeness(text, text, NEAR_CSV)).isEqualTo(Likeness.SAME);
      assertThat(likeness("0" + text, text, NEAR_CSV)).isEqualTo(Likeness.DIFFERENT);
      assertThat(likeness("\"a\"" + text.substring(1), text, NEAR_CSV)).isEqualTo(Likeness.UNKNOWN);
      assertThat(likeness("a,b\n", text, NEAR_CSV)).isEqualTo(Likeness.DIFFERENT);
      assertThat(likeness(text, "a,b\n", NEAR_CSV)).isEqualTo(Likeness.DIFFERENT);
    }
  }

  @Test
  void ofTwoNumbersBeyondReckoningNobodyKnows() throws IOException {
    var long1 = "1".repeat(1001);
    assertThat(likeness("[" + long1 + "]", "[" + long1 + ".0]", JSON)).isEqualTo(Likeness.UNKNOWN);
    assertThat(likeness("[1e99999]", "[1.0e99999]", JSON)).isEqualTo(Likeness.UNKNOWN);
    assertThat(likeness("a," + long1, "a,1" + long1, NEAR_CSV)).isEqualTo(Likeness.UNKNOWN);
    assertThat(likeness("[" + long1 + "]", "[1]", JSON)).isEqualTo(Likeness.DIFFERENT);
    assertThat(likeness("[\"" + long1 + "\"]", "[\"1" + long1 + "\"]", JSON))
        .isEqualTo(Likeness.DIFFERENT);
  }

  @Test
  void ofBlanksBeyondCountingNobodyKnows() throws IOException {
    var text = new Comparison(Form.TEXT, BigDecimal.ZERO);
    var blanks = " ".repeat(100_000);
    assertThat(likeness("a" + blanks + "\n", "a\n", text)).isEqualTo(Likeness.UNKNOWN);
    assertThat(likeness("a" + blanks + "b\n", "a" + blanks + "b", text)).isEqualTo(Likeness.SAME);
    assertThat(likeness("a \n", "b\n", text)).isEqualTo(Likeness.DIFFERENT);
  }

  /** CRLF and CR within quotes were read as LF. */
  @Test
  void lineEndsWithinQuotesAreWhatTheyAre() throws IOException {
    assertThat(same("a,\"x\r\ny\"\r\n", "a,\"x\r\ny\"\n", NEAR_CSV)).isTrue();
    assertThat(same("a,\"x\r\ny\"\n", "a,\"x\ny\"\n", NEAR_CSV)).isFalse();
    assertThat(same("a,\"x\ry\"\n", "a,\"x\ny\"\n", NEAR_CSV)).isFalse();
    assertThat(same("a,\"\r\n\"\r\nb,c\r", "a,\"\r\n\"\nb,\"c\"\n", NEAR_CSV)).isTrue();
    assertThat(same("a\r\"\nb\"", "a\n\"\nb\"\n", NEAR_CSV)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":", "{\"b\":1,\"a\":"})
  void jsonOfAnyDepthIsCompared(String opening) throws IOException {
    var deep = opening.repeat(200_000);
    assertThat(same(deep, deep, JSON)).isTrue();
    assertThat(same(deep, deep + " ", JSON)).isFalse();
  }

  @Test
  void theDeepestObjectsMayHaveTheirKeysInAnyOrder() throws IOException {
    var one = "{\"a\":1,\"b\":[".repeat(490) + "]}".repeat(490);
    var other = "{\"b\":[".repeat(490) + "],\"a\":1}".repeat(490);
    assertThat(same(one, other, JSON)).isTrue();
    assertThat(same(one, "{\"b\":[".repeat(490) + "],\"a\":2}" + "],\"a\":1}".repeat(489), JSON))
        .isFalse();
  }

  @Test
  void aLongArrayOfRecordsIsNotHeldInMemory() throws IOException {
    var key = "x".repeat(2_000);
    try (var one = new Repeated("[", "{\"id\":\"%d\",\"" + key + "\":0.5},", 20_000, "0]");
        var other = new Repeated("[", "{\"" + key + "\":0.50,\"id\":\"%d\"} ,\n", 20_000, "0]")) {
      assertThat(OutputComparison.same(one, other, JSON)).isTrue();
    }
  }

  @Test
  void aHugeObjectInAnotherOrderIsNoLongerHeld() throws IOException {
    try (var one =
            new Repeated("{\"a\":0,", "\"" + "k".repeat(20_000) + "%d\":0,", 2_000, "\"b\":0}");
        var other =
            new Repeated("{", "\"" + "k".repeat(20_000) + "%d\":0,", 2_000, "\"b\":0,\"a\":0}")) {
      assertThat(OutputComparison.same(one, other, JSON)).isFalse();
    }
    try (var one =
            new Repeated("{\"a\":0,", "\"" + "k".repeat(20_000) + "%d\":0,", 2_000, "\"b\":0}");
        var other =
            new Repeated("{\"a\":0,", "\"" + "k".repeat(20_000) + "%d\":0,", 2_000, "\"b\":0}")) {
      assertThat(OutputComparison.same(one, other, JSON)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a,b\n1,x y\n",
        "a,b\n1,x y",
        "a,b\r\n1,x y\r\n",
        "a,b\r1,x y",
        "\"a\",\"b\"\n\"1\",\"x y\"\n",
        "\ufeffa,b\n1.0,x y\n",
        "a,b\n 1,x y\n",
        "a,b\n+1e0,\"x y\""
      })
  void csvIgnoresQuotesAndHowLinesEnd(String table) throws IOException {
    assertThat(same("a,b\n1,x y\n", table, CSV)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a,b\n1,x  y\n",
        "a,b\n1, x y\n",
        "a,b\n1,x y\n\n",
        "a,b\n\n1,x y\n",
        "a,b\n1,x y,\n",
        "a,b\n1\nx y\n",
        "a,b\n2,x y\n",
        "a,b\n01,x y\n",
        "a,b\n1;x y\n",
        "a,b\n\"1,x y\"\n",
        "a,b\n1,\"x y\n",
        "a,b\n1,\"x\" y\n",
        "a,b\n",
        ""
      })
  void csvNoticesEveryOtherDifference(String table) throws IOException {
    assertThat(same("a,b\n1,x y\n", table, CSV)).isFalse();
  }

  @Test
  void csvReadsQuotesDelimitersAndLinesInCells() throws IOException {
    assertThat(same("a\n\"x\"\"y\"\n", "a\nx\"y\n", CSV)).isTrue();
    assertThat(same("a\n\"x\r\ny\"\n", "a\n\"x\ny\"\n", CSV)).isFalse();
    assertThat(same("a\n\"x\ny\"\n", "a\nx\ny\n", CSV)).isFalse();
    assertThat(same("a\n\"\"\n", "a\n\n", CSV)).isTrue();
    assertThat(same("a\n\"\"", "a\n", CSV)).isFalse();
    assertThat(same("a,", "a,\"\"", CSV)).isTrue();
    assertThat(same("a,", "a", CSV)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {",", ";", "\t", "|"})
  void csvFindsTheDelimiter(String delimiter) throws IOException {
    var table = "name%1$svalue%1$sunit\nx%1$s%2$s%1$sm\n";
    assertThat(
            same(
                table.formatted(delimiter, "1.0000000"),
                table.formatted(delimiter, "\"1.0000001\""),
                NEAR_CSV))
        .isTrue();
    assertThat(
            same(
                table.formatted(delimiter, "1.0000000"),
                table.formatted(delimiter, "1.00001"),
                NEAR_CSV))
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a,\"b", "a,\"b\"c", "\"", "a\n\"b\" ,c\n"})
  void whatIsNoCsvIsComparedByBytes(String table) throws IOException {
    assertThat(same(table, table, CSV)).isTrue();
    assertThat(same(table, "\ufeff" + table, CSV)).isFalse();
    assertThat(same(table, table.replace("\"", ""), CSV)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {8_191, 8_192, 8_193, 16_384, MEBIBYTE})
  void longCellsAreComparedInPieces(int length) throws IOException {
    var cell = "1".repeat(length);
    assertThat(same("a," + cell + ",b", "a,\"" + cell + "\",b", CSV)).isTrue();
    assertThat(same("a," + cell + ",b", "a," + cell + "1,b", NEAR_CSV)).isFalse();
    assertThat(same("a," + cell + ",b", "a," + cell + "\nb", CSV)).isFalse();
    assertThat(same("a," + cell, "a," + cell.substring(1) + "2", NEAR_CSV)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void aReadThatFailsIsNoDifference(Form form) {
    assertThatThrownBy(
            () -> {
              try (var broken = new Broken()) {
                OutputComparison.same(broken, stream(new byte[0]), exactly(form));
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessage("The disk is gone.");
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void theCallerClosesTheStreams(Form form) throws IOException {
    for (var end : List.of("", "\"")) {
      try (var one = new Repeated("", "1%d\n", 3, end);
          var other = new Repeated("", "1%d\n", 3, end)) {
        assertThat(OutputComparison.same(one, other, exactly(form))).isTrue();
        assertThat(one.closed || other.closed).isFalse();
      }
    }
  }

  @Property
  void everyOutputIsTheSameAsItself(@ForAll Form form, @ForAll("fiddly") String output)
      throws IOException {
    assertThat(same(output, output, exactly(form))).isTrue();
  }

  @Property
  void anyBytesAreTheSameAsThemselves(@ForAll Form form, @ForAll byte[] output) throws IOException {
    assertThat(OutputComparison.same(stream(output), stream(output), exactly(form))).isTrue();
  }

  @Property
  void whichOneComesFirstMakesNoDifference(
      @ForAll Form form, @ForAll("fiddly") String one, @ForAll("fiddly") String other)
      throws IOException {
    var how = form == Form.JSON ? NEAR_JSON : form == Form.CSV ? NEAR_CSV : exactly(form);
    assertThat(same(one, other, how)).isEqualTo(same(other, one, how));
  }

  @Property
  void textIsTheSameIfItsTrimmedLinesAre(
      @ForAll("blankText") String one, @ForAll("blankText") String other) throws IOException {
    assertThat(same(one, other, TEXT)).isEqualTo(trimmed(one).equals(trimmed(other)));
  }

  @Property
  void aTableIsTheSameHoweverItIsQuoted(
      @ForAll @Size(min = 1, max = 5) List<@Size(min = 1, max = 4) List<String>> rows)
      throws IOException {
    assertThat(same(table(rows, true), table(rows, false), CSV)).isTrue();
  }

  @Property
  void aChangedCharacterIsNoticed(
      @ForAll Form form,
      @ForAll @Size(min = 1, max = 40) List<@CharRange(from = 'a', to = 'z') Character> letters,
      @ForAll int place)
      throws IOException {
    var text = letters.stream().map(String::valueOf).collect(Collectors.joining());
    var at = Math.floorMod(place, text.length());
    var changed =
        text.substring(0, at) + Character.toUpperCase(text.charAt(at)) + text.substring(at + 1);
    var frame =
        switch (form) {
          case JSON -> "{\"k\":[1,\"%s\"],\"%<s\":null}";
          case CSV -> "k,%s\n\"%<s\",1\n";
          case TEXT, BYTES -> "k\n%s\n\n";
        };
    assertThat(same(frame.formatted(text), frame.formatted(text), exactly(form))).isTrue();
    assertThat(same(frame.formatted(text), frame.formatted(changed), exactly(form))).isFalse();
  }

  /** Texts made of what the forms care about. */
  @Provide
  Arbitrary<String> fiddly() {
    return Arbitraries.of(
            "a", "1", "1.0", "0", "-", "e9", ",", ";", "\"", "\"\"", "\r", "\n", " ", "\t", "[",
            "]", "{", "}", ":", "\"k\":", "null", "\\u00e9", "é", "\ufeff")
        .list()
        .ofMaxSize(12)
        .map(parts -> String.join("", parts));
  }

  @Provide
  Arbitrary<String> blankText() {
    return Arbitraries.of("a", "a", "\r", "\n", " ", "\t", "\r\n")
        .list()
        .ofMaxSize(6)
        .map(parts -> String.join("", parts));
  }

  private static String trimmed(String text) {
    return text.replaceAll("\r\n|\r", "\n").replaceAll("[ \t]+(?=\n|$)", "").replaceAll("\n+$", "");
  }

  private static String table(List<List<String>> rows, boolean quoted) {
    return rows.stream()
        .map(
            row ->
                row.stream()
                    .map(
                        cell ->
                            quoted || mustQuote(cell)
                                ? "\"" + cell.replace("\"", "\"\"") + "\""
                                : cell)
                    .collect(Collectors.joining(",")))
        .collect(Collectors.joining("\r\n", "first,second,third,fourth,fifth\r\n", "\r\n"));
  }

  private static boolean mustQuote(String cell) {
    return IntStream.of(',', '"', '\r', '\n').anyMatch(each -> cell.indexOf(each) >= 0);
  }

  private static Comparison exactly(Form form) {
    return new Comparison(form, BigDecimal.ZERO);
  }

  private static boolean same(String first, String second, Comparison how) throws IOException {
    return OutputComparison.same(
        stream(first.getBytes(StandardCharsets.UTF_8)),
        stream(second.getBytes(StandardCharsets.UTF_8)),
        how);
  }

  private static Likeness likeness(String first, String second, Comparison how) throws IOException {
    return OutputComparison.compare(
        stream(first.getBytes(StandardCharsets.UTF_8)),
        stream(second.getBytes(StandardCharsets.UTF_8)),
        how);
  }

  private static InputStream stream(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }

  private static final class Broken extends InputStream {
    @Override
    public int read() throws IOException {
      throw new IOException("The disk is gone.");
    }
  }

  /** A text with a repeated middle that is made as it is read. */
  private static final class Repeated extends InputStream {
    private final String[] middle;
    private final int times;
    private final String end;
    private byte[] current;
    private int position;
    private int made;
    private boolean closed;

    Repeated(String start, String middle, int times, String end) {
      this.current = start.getBytes(StandardCharsets.UTF_8);
      this.middle = middle.split("%d", 2);
      this.times = times;
      this.end = end;
    }

    @Override
    public int read() {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      while (position == current.length) {
        if (made > times) {
          return -1;
        }
        var text = made < times ? middle[0] + made + middle[1] : end;
        current = text.getBytes(StandardCharsets.UTF_8);
        made++;
        position = 0;
      }
      var count = Math.min(length, current.length - position);
      System.arraycopy(current, position, target, offset, count);
      position += count;
      return count;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
