package org.golempipeline.standard;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;
import org.golempipeline.strategy.FragmentOutput;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.Merger;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * {@code sum}: adds up all numbers, exactly. Lines with several columns are added column by column;
 * the result is one line in the delimiter of the first. Of no numbers at all it is 0.
 */
public final class SumMerge extends DescribedMerge {
  public SumMerge() {
    super("sum", "1", "Adds up the numbers in the outputs exactly, column by column.", Result.FILE);
  }

  @Override
  public Merger open(MergeContext context) throws IOException {
    return new Sums(context);
  }

  private static final class Sums extends TargetMerger {
    private final Dialect dialect = new Dialect(null);
    private BigDecimal @Nullable [] sums;

    Sums(MergeContext context) throws IOException {
      super(context);
    }

    @Override
    public void add(FragmentOutput output) throws IOException, StrategyException {
      try (var rows =
          new TableReader(Outputs.openText(output), output.size(), output.label(), dialect)) {
        for (var row = rows.next(); row != null; row = rows.next()) {
          if (sums == null) {
            sums = new BigDecimal[row.length];
            Arrays.fill(sums, BigDecimal.ZERO);
          }
          if (row.length != sums.length) {
            throw new StrategyException(
                "%s has %s, the lines before it have %,d."
                    .formatted(rows.where(), Words.count(row.length, "column"), sums.length),
                "Let every fragment write the same number of columns.");
          }
          for (var i = 0; i < row.length; i++) {
            sums[i] = sums[i].add(rows.number(row, i));
          }
        }
      }
    }

    @Override
    void complete() throws IOException {
      var joined =
          sums == null
              ? "0"
              : Arrays.stream(sums)
                  .map(BigDecimal::toPlainString)
                  .collect(
                      Collectors.joining(Objects.requireNonNull(dialect.delimiter()).separator()));
      stream().write((joined + "\n").getBytes(StandardCharsets.ISO_8859_1));
    }
  }
}
