package org.golempipeline.standard;

import static org.golempipeline.strategy.testing.Laws.Coverage.EVERY_BYTE;
import static org.golempipeline.strategy.testing.Laws.Coverage.EVERY_FILE_ONCE;
import static org.golempipeline.strategy.testing.Laws.Coverage.FREE;

import java.util.ArrayList;
import java.util.List;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.testing.SplitCase;
import org.golempipeline.strategy.testing.SplitContract;
import org.junit.jupiter.api.Nested;

/** Every built-in split keeps the promises of the plugin interface. */
class SplitContractTest {
  @Nested
  class None extends SplitContract {
    @Override
    protected SplitStrategy strategy() {
      return new NoneSplit();
    }

    @Override
    protected List<SplitCase> cases() {
      return List.of(
          SplitCase.of("no input", "null"),
          SplitCase.of("two files", "null").input("a/x", "1").input("b", ""));
    }
  }

  @Nested
  class Files extends SplitContract {
    @Override
    protected SplitStrategy strategy() {
      return new FilesSplit();
    }

    @Override
    protected List<SplitCase> cases() {
      return List.of(
          files("each file", "null"),
          files("groups with a rest", "{\"group\": 2}"),
          files("one large group", "{\"group\": 100}"),
          files("bins", "{\"size\": \"4B\"}"),
          files("a group for each sample", "{\"by\": \"(?<sample>.+)_R[12]\", \"exactly\": 1}"),
          files("captures without a name", "{\"by\": \"R([12])\"}").covering(EVERY_FILE_ONCE));
    }

    private static SplitCase files(String name, String options) {
      return SplitCase.of(name, options)
          .input("a_R1.fq", "123")
          .input("b_R2.fq", "")
          .input("c_R1.fq", "1234567")
          .input("d_R2.fq", "1")
          .input("e_R1.fq", "1");
    }
  }

  @Nested
  class Lines extends SplitContract {
    @Override
    protected SplitStrategy strategy() {
      return new LinesSplit();
    }

    @Override
    protected List<SplitCase> cases() {
      return onTexts(
          "3",
          "{\"into\": 2}",
          "{\"into\": 5}",
          "1",
          "{\"every\": 3}",
          "{\"every\": 2, \"stable\": true}");
    }
  }

  @Nested
  class Bytes extends SplitContract {
    @Override
    protected SplitStrategy strategy() {
      return new BytesSplit();
    }

    @Override
    protected List<SplitCase> cases() {
      return onTexts(
          "\"3B\"",
          "\"1GiB\"",
          "{\"size\": \"10B\", \"delimiter\": \"\\n\"}",
          "{\"size\": \"2B\", \"delimiter\": \"\\r\\n\"}");
    }
  }

  @Nested
  class Csv extends SplitContract {
    @Override
    protected SplitStrategy strategy() {
      return new CsvSplit();
    }

    @Override
    protected List<SplitCase> cases() {
      return List.of(
          csv("plain", "a,b\n1,2\n3,4\n5,6\n"),
          csv("no final newline", "a,b\r\n1,2\r\n3,4\r\n5,6"),
          csv("quoted newlines", "a,b\n1,\"x\ny\"\n\"\"\"\n\",4\n5,6\n"),
          csv("a quote within a field", "name;inch\nx;5\"\ny;6\"\nz;7\"\n"),
          csv("header alone", "a,b\n"),
          csv("nothing", ""),
          csv("byte order mark and a quoted header", "\ufeff\"a\nb\",c\n1,2\n3,4\n"));
    }

    private static SplitCase csv(String name, String content) {
      return SplitCase.of(name, "{\"rows\": 2}").input("x.csv", content).covering(EVERY_BYTE);
    }
  }

  @Nested
  class Json extends SplitContract {
    @Override
    protected SplitStrategy strategy() {
      return new JsonSplit();
    }

    @Override
    protected List<SplitCase> cases() {
      return List.of(
          json("numbers", "[1, 2.50, -3e9, 4, 5]"),
          json("values of all kinds", "[{\"a\": [1, \"],\"]}, [], {}, null, true, \"\\\"]\"]"),
          json("empty", " [ ] \n"),
          json("one", "[\n{}\n]\n"));
    }

    private static SplitCase json(String name, String content) {
      return SplitCase.of(name, "{\"elements\": 2}").input("x.json", content).covering(FREE);
    }
  }

  @Nested
  class Records extends SplitContract {
    @Override
    protected SplitStrategy strategy() {
      return new RecordsSplit();
    }

    @Override
    protected List<SplitCase> cases() {
      return List.of(
          fasta("records", ">a\nAC\nGT\n>b\nA\n>c\nC\n"),
          fasta("CRLF and no final newline", ">a\r\nAC\r\n>b\r\nA\r\n>c\r\nC"),
          fasta("lines before the first", "; note\n\n>a\nA\n>b\n>c\n"),
          fasta("nothing", ""),
          SplitCase.of("one a fragment by an expression", "{\"start\": \"^(BEGIN|START) \\\\d+$\"}")
              .input("x", "BEGIN 1\nBEGIN x\nSTART 22\r\nlast"));
    }

    private static SplitCase fasta(String name, String content) {
      return SplitCase.of(name, "{\"start\": \"^>\", \"every\": 2}").input("x.fa", content);
    }
  }

  @Nested
  class Range extends SplitContract {
    @Override
    protected SplitStrategy strategy() {
      return new RangeSplit();
    }

    @Override
    protected List<SplitCase> cases() {
      return List.of(
          SplitCase.of("a rest", "{\"to\": 10, \"step\": 4, \"as\": [\"first\", \"size\"]}"),
          SplitCase.of("decimals", "{\"from\": -0.2, \"to\": 0.35, \"step\": 0.1, \"as\": \"x\"}"),
          SplitCase.of("nothing", "{\"from\": 5, \"to\": 5, \"as\": [\"first\"]}"));
    }
  }

  @Nested
  class Table extends SplitContract {
    @Override
    protected SplitStrategy strategy() {
      return new TableSplit();
    }

    @Override
    protected List<SplitCase> cases() {
      return List.of(
          SplitCase.of("csv", "\"jobs.csv\"")
              .beside("jobs.csv", "\ufeffname,size\r\n\"a, b\",1\r\n\r\n\"x\ny\"\"\",\r\n"),
          SplitCase.of("tab", "\"jobs.tsv\"").beside("jobs.tsv", "name\tsize\n\"a, b\"\t1\n\n\t\n"),
          SplitCase.of("as told", "{\"file\": \"j\", \"delimiter\": \"whitespace\"}")
              .beside("j", "a b\n1,  2\n"));
    }
  }

  @Nested
  class Command extends SplitContract {
    @Override
    protected SplitStrategy strategy() {
      return new CommandSplit();
    }

    @Override
    protected List<SplitCase> cases() {
      return List.of(
          SplitCase.of(
                  "from the list", "\"split -l 2 \\\"$(cat \\\"$list\\\")\\\" \\\"$outdir/x\\\"\"")
              .input("a b.txt", "1\n2\n3\n")
              .covering(FREE),
          SplitCase.of("from the folder", "\"cp -RL \\\"$in/.\\\" \\\"$outdir\\\"\"")
              .input("sub/it's.txt", "1\n")
              .input("line\nend", "2")
              .covering(FREE),
          SplitCase.of("from nothing", "\"echo 1 > \\\"$outdir/a\\\"\"").covering(FREE));
    }
  }

  /** What every strategy for text must get right. */
  private static List<SplitCase> onTexts(String... options) {
    var cases = new ArrayList<SplitCase>();
    for (var option : options) {
      cases.add(SplitCase.of(option + " nothing", option).input("x", ""));
      cases.add(SplitCase.of(option + " newlines alone", option).input("x", "\n\n\n\n\n\n\n"));
      cases.add(SplitCase.of(option + " one long line", option).input("x", "x".repeat(100)));
      cases.add(SplitCase.of(option + " CRLF", option).input("x", "a\r\nb\r\nc\r\nd\r\ne\r\n"));
      cases.add(
          SplitCase.of(option + " no final newline", option).input("x", "\ufeffä\nb\n\nd\ne"));
      cases.add(
          SplitCase.of(option + " several files", option)
              .input("a", "1\n2\n3\n4")
              .input("b", "")
              .input("c", "5\n6\n7\n8\n"));
    }
    return cases;
  }
}
