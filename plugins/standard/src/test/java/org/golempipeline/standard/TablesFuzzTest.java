package org.golempipeline.standard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.golempipeline.standard.Sandbox.utf8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.StrategyException;
import org.junit.jupiter.api.Test;

/**
 * Tables of random fields and of random characters, against a slow reader of RFC 4180 that knows
 * nothing of the strategies. What is well-formed must be read as that reader reads it; of what is
 * not, either the strategy says so or it reads the same. {@code -Dfuzz.seed} and {@code
 * -Dfuzz.count} make of the tables others, or many more.
 */
class TablesFuzzTest {
  private static final int SEED = Integer.getInteger("fuzz.seed", 0);
  private static final int COUNT = Integer.getInteger("fuzz.count", 300);

  private static final String FIELDS = "ab1, ;\t|\"\r\n\\'\u00e9=";
  private static final String TEXT = "ab1,,;\t|\"\"\r\n\n\n \\";

  private int read;
  private int refused;

  @Test
  void wellFormedTablesAreReadAsTheyAreWritten() throws Exception {
    forSeeds(COUNT / 3, this::wellFormed);
    assertThat(refused).isZero();
  }

  @Test
  void otherTextIsReadAsRfc4180OrRefused() throws Exception {
    forSeeds(COUNT, this::anything);
    assertThat(read).isPositive();
    assertThat(refused).isPositive();
  }

  private interface Trial {
    void run(Random random, Sandbox sandbox) throws IOException;
  }

  private void forSeeds(int count, Trial trial) throws IOException {
    for (var seed = SEED; seed < SEED + count; seed++) {
      try (var sandbox = new Sandbox()) {
        trial.run(new Random(seed), sandbox);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private void wellFormed(Random random, Sandbox sandbox) throws IOException {
    var delimiter = ",;\t|".charAt(random.nextInt(4));
    var end = random.nextBoolean() ? "\n" : "\r\n";
    var columns = 2 + random.nextInt(3);
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("k", "n", "x", "y", "z").subList(0, columns));
    for (var i = random.nextInt(8); i > 0; i--) {
      var row = new ArrayList<>(List.of(field(random), Integer.toString(random.nextInt(100))));
      while (row.size() < columns) {
        row.add(field(random));
      }
      rows.add(row);
    }
    var lines = rows.stream().map(row -> line(row, delimiter, random)).toList();
    var text = String.join(end, lines) + (random.nextBoolean() ? end : "");

    assertThat(Oracle.rows(text, delimiter)).isEqualTo(rows);
    cutAndJoined(text, delimiter, 1 + random.nextInt(3), sandbox);
    if (delimiter == ',') {
      asTable(rows, text, sandbox);
      aggregated(rows, text, sandbox);
    }
  }

  /** Every fragment is the header and whole rows; joined again they are the text. */
  private void cutAndJoined(String text, char delimiter, int each, Sandbox sandbox)
      throws IOException {
    var rows = Oracle.rows(text, delimiter);
    var options =
        "{\"rows\": %d, \"delimiter\": \"%s\"}"
            .formatted(each, delimiter == '\t' ? "\\t" : delimiter);
    try {
      var fragments = sandbox.split(new CsvSplit(), options, text);
      read++;
      var outputs = new ArrayList<byte[]>();
      var seen = new ArrayList<List<String>>();
      for (var i = 0; i < fragments.count(); i++) {
        var bytes = bytes(fragments.get(i));
        outputs.add(bytes);
        var part = Oracle.rows(new String(bytes, StandardCharsets.UTF_8), delimiter);
        assertThat(part).isNotNull();
        if (!part.isEmpty()) {
          assertThat(part.get(0)).isEqualTo(rows.get(0));
          seen.addAll(i == 0 ? part : part.subList(1, part.size()));
        }
      }
      assertThat(seen).isEqualTo(rows);
      assertThat(
              sandbox.merge(new CsvMerge(), options.replaceFirst("\"rows\": \\d+, ", ""), outputs))
          .isEqualTo(text);
    } catch (StrategyException e) {
      refused++;
    }
  }

  private void asTable(List<List<String>> rows, String text, Sandbox sandbox) throws IOException {
    var context = sandbox.context("\"t.csv\"");
    context.beside("t.csv", utf8(text));
    try {
      var fragments = new TableSplit().split(context);
      var values = new ArrayList<List<String>>();
      values.add(rows.get(0));
      for (var i = 0; i < fragments.count(); i++) {
        values.add(List.copyOf(fragments.get(i).variables().values()));
      }
      assertThat(values).isEqualTo(rows);
    } catch (StrategyException e) {
      assertThat(rows).as(e.getMessage()).hasSize(1);
    }
  }

  private void aggregated(List<List<String>> rows, String text, Sandbox sandbox)
      throws IOException {
    var sums = new TreeMap<String, BigDecimal>();
    for (var row : rows.subList(1, rows.size())) {
      var key =
          new String(row.get(0).getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
      sums.merge(key, new BigDecimal(row.get(1)), BigDecimal::add);
    }
    var expected =
        sums.entrySet().stream()
            .map(
                sum ->
                    List.of(
                        new String(
                            sum.getKey().getBytes(StandardCharsets.ISO_8859_1),
                            StandardCharsets.UTF_8),
                        sum.getValue().toPlainString()))
            .collect(Collectors.toCollection(ArrayList::new));
    expected.add(0, List.of("k", "n"));
    try {
      var result = sandbox.merge(new AggregateMerge(), "{\"by\": \"k\", \"sum\": \"n\"}", text);
      assertThat(Oracle.rows(result, ',')).isEqualTo(expected);
    } catch (StrategyException e) {
      throw new AssertionError(e);
    }
  }

  private void anything(Random random, Sandbox sandbox) throws IOException {
    var text = random(random, TEXT, 40);
    for (var delimiter : ",;".toCharArray()) {
      var rows = Oracle.rows(text, delimiter);
      if (rows == null || rows.isEmpty()) {
        mustRefuse(text, delimiter, sandbox);
      } else {
        cutAndJoinedInPieces(text, delimiter, rows, sandbox);
      }
    }
    merged(new SumMerge(), "null", text, sandbox);
    merged(new SortMerge(), "{\"key\": 1}", text, sandbox);
    merged(new JsonMerge(), "null", text, sandbox);
    merged(new AggregateMerge(), "{\"by\": 1, \"count\": true}", text, sandbox);
  }

  /** Text that a strict reader does not take: within quotes at the end, or text behind them. */
  private void mustRefuse(String text, char delimiter, Sandbox sandbox) throws IOException {
    try {
      sandbox.split(
          new CsvSplit(), "{\"rows\": 1, \"delimiter\": \"%s\"}".formatted(delimiter), text);
      assertThat(text).as("is taken by `%s`", delimiter).isEmpty();
    } catch (StrategyException e) {
      refused++;
    }
  }

  private void cutAndJoinedInPieces(
      String text, char delimiter, List<List<String>> rows, Sandbox sandbox) throws IOException {
    try {
      var fragments =
          sandbox.split(
              new CsvSplit(), "{\"rows\": 1, \"delimiter\": \"%s\"}".formatted(delimiter), text);
      read++;
      assertThat(fragments.count()).isEqualTo(Math.max(1, rows.size() - 1));
      for (var i = 0; i < fragments.count() && rows.size() > 1; i++) {
        var part =
            Oracle.rows(new String(bytes(fragments.get(i)), StandardCharsets.UTF_8), delimiter);
        assertThat(part).isEqualTo(List.of(rows.get(0), rows.get(i + 1)));
      }
    } catch (StrategyException e) {
      refused++;
    }
  }

  /** Refuses in words or makes something, and the same each time. */
  private static void merged(MergeStrategy merge, String options, String text, Sandbox sandbox)
      throws IOException {
    assertThat(outcome(merge, options, text, sandbox))
        .isEqualTo(outcome(merge, options, text, sandbox));
  }

  private static String outcome(MergeStrategy merge, String options, String text, Sandbox sandbox)
      throws IOException {
    try {
      return sandbox.merge(merge, options, text);
    } catch (StrategyException e) {
      return e.getMessage();
    }
  }

  private static String field(Random random) {
    return random(random, FIELDS, 6);
  }

  private static String line(List<String> row, char delimiter, Random random) {
    return row.stream()
        .map(
            field ->
                random.nextInt(3) == 0 || !isPlain(field, delimiter)
                    ? '"' + field.replace("\"", "\"\"") + '"'
                    : field)
        .collect(Collectors.joining(String.valueOf(delimiter)));
  }

  /** What may stand without quotes and be sure to be taken as it is. */
  private static boolean isPlain(String field, char delimiter) {
    return field.chars().noneMatch(c -> "\"\r\n\\, \t".indexOf(c) >= 0 || c == delimiter);
  }

  private static String random(Random random, String characters, int longest) {
    var text = new StringBuilder();
    for (var i = random.nextInt(longest + 1); i > 0; i--) {
      text.append(characters.charAt(random.nextInt(characters.length())));
    }
    return text.toString();
  }

  private static byte[] bytes(Fragment fragment) throws IOException {
    var bytes = new ByteArrayOutputStream();
    for (var piece : fragment.pieces()) {
      var slice = (Piece.Slice) piece;
      var all = Files.readAllBytes(slice.file().file());
      var from = (int) (slice.file().offset() + slice.offset());
      bytes.writeBytes(Arrays.copyOfRange(all, from, from + (int) slice.length()));
    }
    return bytes.toByteArray();
  }

  /** Reads RFC 4180 a character at a time, with rows that end in LF or CRLF. */
  private static final class Oracle {
    private Oracle() {}

    /**
     * The rows; null if the text is none of that: a quote is open at the end, or text behind one.
     */
    @SuppressWarnings("NullAway")
    static List<List<String>> rows(String text, char delimiter) {
      var rows = new ArrayList<List<String>>();
      var row = new ArrayList<String>();
      for (var at = 0; at < text.length(); ) {
        var field = new StringBuilder();
        if (text.charAt(at) == '"') {
          at++;
          while (true) {
            if (at == text.length()) {
              return null;
            }
            if (text.startsWith("\"\"", at)) {
              field.append('"');
              at += 2;
            } else if (text.charAt(at) == '"') {
              at++;
              break;
            } else {
              field.append(text.charAt(at++));
            }
          }
          while (at < text.length()
              && " \t\r".indexOf(text.charAt(at)) >= 0
              && text.charAt(at) != delimiter) {
            at++;
          }
          if (at < text.length() && text.charAt(at) != delimiter && text.charAt(at) != '\n') {
            return null;
          }
        } else {
          while (at < text.length() && text.charAt(at) != delimiter && text.charAt(at) != '\n') {
            field.append(text.charAt(at++));
          }
          if (field.length() > 0
              && field.charAt(field.length() - 1) == '\r'
              && at < text.length()
              && text.charAt(at) == '\n') {
            field.setLength(field.length() - 1);
          }
        }
        row.add(field.toString());
        var ends = at == text.length() || text.charAt(at) == '\n';
        if (!ends && at + 1 == text.length()) {
          row.add("");
          ends = true;
        }
        at++;
        if (ends) {
          rows.add(List.copyOf(row));
          row.clear();
        }
      }
      return rows;
    }
  }
}
