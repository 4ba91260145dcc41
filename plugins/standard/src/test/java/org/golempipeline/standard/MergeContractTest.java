package org.golempipeline.standard;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.testing.MergeCase;
import org.golempipeline.strategy.testing.MergeContract;
import org.junit.jupiter.api.Nested;

/** Every built-in merge keeps the promises of the plugin interface. */
class MergeContractTest {
  @Nested
  class Collect extends MergeContract {
    @Override
    protected MergeStrategy strategy() {
      return new CollectMerge();
    }

    @Override
    protected List<MergeCase> cases() {
      return List.of();
    }
  }

  @Nested
  class Concat extends MergeContract {
    @Override
    protected MergeStrategy strategy() {
      return new ConcatMerge();
    }

    @Override
    protected List<MergeCase> cases() {
      return List.of(
          MergeCase.of("nothing", "null", List.of(), ""),
          MergeCase.of("as it is", "null", List.of("a\r\n", "", "b", "c\n"), "a\r\nbc\n"));
    }
  }

  @Nested
  class Csv extends MergeContract {
    @Override
    protected MergeStrategy strategy() {
      return new CsvMerge();
    }

    @Override
    protected List<MergeCase> cases() {
      return List.of(
          MergeCase.of("nothing", "null", List.of("", ""), ""),
          MergeCase.of(
              "one header",
              "null",
              List.of("a,b\n1,2\n", "a,b\n", "a,b\n3,4\n"),
              "a,b\n1,2\n3,4\n"),
          MergeCase.of(
              "adds line ends between",
              "null",
              List.of("a\r\n1", "a", "", "a\r\n2"),
              "a\r\n1\r\n2"),
          MergeCase.of("header alone, unended", "null", List.of("a", "a\n1\n"), "a\n1\n"),
          MergeCase.of("headers alone, unended", "null", List.of("a", "a"), "a"),
          MergeCase.of(
              "byte order marks",
              "null",
              List.of("\ufeffa\n1\n", "\ufeffa\n2\n"),
              "\ufeffa\n1\n2\n"),
          MergeCase.of(
              "quoted newline in the header",
              "null",
              List.of("\"a\nb\"\n1\n", "\"a\nb\"\n2\n"),
              "\"a\nb\"\n1\n2\n"));
    }
  }

  @Nested
  class Json extends MergeContract {
    @Override
    protected MergeStrategy strategy() {
      return new JsonMerge();
    }

    @Override
    protected List<MergeCase> cases() {
      return List.of(
          MergeCase.of("nothing", "null", List.of(), "[]\n"),
          MergeCase.of("empty arrays", "null", List.of("[]", " [ ]\n"), "[]\n"),
          MergeCase.of(
              "arrays and values",
              "null",
              List.of("[1, [2]]", "", "{\"a\": 1}\n{}", "\"ü\"", "1.50e+3"),
              "[\n1,\n[2],\n{\"a\": 1},\n{},\n\"ü\",\n1.50e+3\n]\n"));
    }
  }

  @Nested
  class Sort extends MergeContract {
    @Override
    protected MergeStrategy strategy() {
      return new SortMerge();
    }

    @Override
    protected List<MergeCase> cases() {
      var many = new ArrayList<String>();
      IntStream.range(0, 200).forEach(i -> many.add("%03d\n%03d\n".formatted(i, 400 - i)));
      var sorted = new StringBuilder();
      many.stream()
          .flatMap(String::lines)
          .sorted()
          .forEach(line -> sorted.append(line).append('\n'));
      return List.of(
          MergeCase.of("nothing", "null", List.of("", ""), ""),
          MergeCase.of("whole lines", "null", List.of("B\na\n", "", "A\nä"), "A\nB\na\nä\n"),
          MergeCase.of("more than are open at once", "null", many, sorted.toString()),
          MergeCase.of("unique", "{\"unique\": true}", List.of("a\na\nb\n", "a\nc\n"), "a\nb\nc\n"),
          MergeCase.of(
              "numbers",
              "{\"numeric\": true}",
              List.of("-1\n9\n", "2\n10\n1e2\n"),
              "-1\n2\n9\n10\n1e2\n"),
          MergeCase.of(
              "by column, stable",
              "{\"key\": 2, \"numeric\": true}",
              List.of("x 1\nb  10\n", "a 1\n c 2\n"),
              "x 1\na 1\n c 2\nb  10\n"),
          MergeCase.of(
              "by columns",
              "{\"key\": [2, 1]}",
              List.of("b\tx\n", "a\tx\n\ty\n"),
              "a\tx\nb\tx\n\ty\n"),
          MergeCase.of(
              "unique by column keeps the first",
              "{\"key\": 1, \"unique\": true}",
              List.of("a,2\n", "a,1\nb,1\n"),
              "a,2\nb,1\n"));
    }
  }

  @Nested
  class Sum extends MergeContract {
    @Override
    protected MergeStrategy strategy() {
      return new SumMerge();
    }

    @Override
    protected List<MergeCase> cases() {
      return List.of(
          MergeCase.of("nothing", "null", List.of(), "0\n"),
          MergeCase.of("exact decimals", "null", List.of("0.1\n", "0.2\n", "", "-3"), "-2.7\n"),
          MergeCase.of(
              "larger than a long",
              "null",
              List.of("9223372036854775807", "1"),
              "9223372036854775808\n"),
          MergeCase.of("columns", "null", List.of("  1   2\n", "3 4\n5 6\n"), "9 12\n"),
          MergeCase.of("columns with tabs", "null", List.of("1\t2\r\n", "3\t4\r\n"), "4\t6\n"));
    }
  }

  @Nested
  class AggregateTables extends MergeContract {
    @Override
    protected MergeStrategy strategy() {
      return new AggregateMerge();
    }

    @Override
    protected List<MergeCase> cases() {
      return List.of(
          MergeCase.of("nothing", "{\"by\": 1, \"sum\": 2}", List.of("", ""), ""),
          MergeCase.of(
              "word count",
              "{\"by\": 1, \"sum\": 2}",
              List.of("b\t1\na\t2\n", "a\t3\nB\t1"),
              "B\t1\na\t5\nb\t1\n"),
          MergeCase.of(
              "uniq -c",
              "{\"by\": 2, \"sum\": 1}",
              List.of("      3 b\n     10 a\n", "      1 b\n"),
              "a 10\nb 4\n"),
          MergeCase.of(
              "by name",
              "{\"by\": \"k\", \"max\": \"n\", \"min\": \"n\", \"count\": true, \"sum\": \"größe\"}",
              List.of("n,k,größe\r\n1.5,x,1\r\n", "n,k,größe\n2,x,1\n-1,\"y, z\",4\n"),
              "k,max_n,min_n,count,größe\nx,2,1.5,2,2\n\"y, z\",-1,-1,1,4\n"),
          MergeCase.of(
              "mean",
              "{\"by\": [2, 1], \"mean\": 3}",
              List.of("a x 1\na x 2\n", "b x 1\nb x 1\nb x 2"),
              "x a 1.5\nx b 1.333333333333333333333333333333333\n"),
          MergeCase.of(
              "delimiter as told",
              "{\"by\": 2, \"sum\": 1, \"delimiter\": \"whitespace\"}",
              List.of("3 a,b\n", "4 a,b\n"),
              "a,b 7\n"));
    }
  }

  @Nested
  class Value extends MergeContract {
    @Override
    protected MergeStrategy strategy() {
      return new ValueMerge();
    }

    @Override
    protected List<MergeCase> cases() {
      return List.of(
          MergeCase.of("ended", "null", List.of("12\n"), "12\n"),
          MergeCase.of("not ended", "null", List.of("", " ü "), " ü \n"),
          MergeCase.of("CRLF", "null", List.of("12\r\n"), "12\n"));
    }
  }

  @Nested
  class First extends MergeContract {
    @Override
    protected MergeStrategy strategy() {
      return new FirstMerge();
    }

    @Override
    protected List<MergeCase> cases() {
      return List.of(
          MergeCase.of("the winner", "null", List.of("", "found\n", "late\n"), "found\n"),
          MergeCase.of("none", "null", List.of("", ""), ""));
    }
  }

  @Nested
  class Reduce extends MergeContract {
    @Override
    protected MergeStrategy strategy() {
      return new ReduceMerge();
    }

    @Override
    protected List<MergeCase> cases() {
      return List.of();
    }
  }

  @Nested
  class Command extends MergeContract {
    @Override
    protected MergeStrategy strategy() {
      return new CommandMerge();
    }

    @Override
    protected List<MergeCase> cases() {
      return List.of(
          MergeCase.of(
              "over the list",
              "\"while read -r file; do cat \\\"$file\\\"; done < \\\"$list\\\" > \\\"$out\\\"\"",
              List.of("a\n", "b\n"),
              "a\nb\n"));
    }
  }
}
