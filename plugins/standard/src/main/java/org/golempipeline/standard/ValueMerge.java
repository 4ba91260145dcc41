package org.golempipeline.standard;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.golempipeline.strategy.FragmentOutput;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.Merger;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/** {@code value}: the outputs together are exactly one line, which later stages know by name. */
public final class ValueMerge extends DescribedMerge {
  private static final int LONGEST = 1 << 16;

  public ValueMerge() {
    super(
        "value",
        "1",
        "Takes the one line that was written as a value for later stages.",
        Result.VALUE);
  }

  @Override
  public Merger open(MergeContext context) throws IOException {
    return new OneLine(context);
  }

  private static final class OneLine extends TargetMerger {
    private @Nullable String line;

    OneLine(MergeContext context) throws IOException {
      super(context);
    }

    @Override
    public void add(FragmentOutput output) throws IOException, StrategyException {
      try (var lines =
          new LineReader(Outputs.openText(output), output.size(), output.label(), LONGEST)) {
        for (var next = lines.next(); next != null; next = lines.next()) {
          if (line != null) {
            throw new StrategyException(
                "The value has a second line, in %s.".formatted(output.label()),
                "Let the stage write one line, or choose another merge.");
          }
          line = checked(next, output.label());
        }
      }
    }

    private static String checked(String line, String label) throws StrategyException {
      if (LineReader.strictText(line) == null || line.indexOf('\0') >= 0) {
        throw new StrategyException(
            "The value in %s is not UTF-8 text, or has a zero byte.".formatted(label),
            "A value becomes a variable: let the stage write text, or choose another merge.");
      }
      return line;
    }

    @Override
    void complete() throws IOException, StrategyException {
      if (line == null) {
        throw new StrategyException(
            "The stage wrote no value.", "Let its command write one line to `$out`.");
      }
      stream().write((line + "\n").getBytes(StandardCharsets.ISO_8859_1));
    }
  }
}
