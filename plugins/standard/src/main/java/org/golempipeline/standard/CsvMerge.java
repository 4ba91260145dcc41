package org.golempipeline.standard;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.golempipeline.strategy.FragmentOutput;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.Merger;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * {@code csv}: the rows of all outputs under one header, which must be the same in each. Rows stay
 * as they are written; an output whose last row lacks its line end gets one when more follows.
 * Empty outputs add nothing.
 */
public final class CsvMerge extends DescribedMerge {
  public CsvMerge() {
    super("csv", "1", "Joins CSV files with the same header into one.", Result.FILE);
  }

  @Override
  public String optionsSchema() {
    return """
        {
          "description": "How the outputs are written; without options a delimiter is guessed.",
          "type": "object",
          "properties": {
            "delimiter": %s
          },
          "additionalProperties": false
        }
        """
        .formatted(CsvHeader.DELIMITER_SCHEMA);
  }

  @Override
  public Merger open(MergeContext context) throws IOException {
    return new Rows(context);
  }

  private static final class Rows extends TargetMerger {
    private static final int BUFFER = 1 << 18;

    private final byte[] buffer = new byte[BUFFER];
    private final @Nullable Byte delimiter;
    private @Nullable CsvHeader header;
    private byte last = '\n';

    Rows(MergeContext context) throws IOException {
      super(context);
      this.delimiter = CsvHeader.delimiter(context.options());
    }

    @Override
    public void add(FragmentOutput output) throws IOException, StrategyException {
      if (output.size() == 0) {
        return;
      }
      try (var stream =
          new BufferedInputStream(
              Outputs.openText(output), Buffers.sizeFor(output.size(), BUFFER))) {
        var pending = last != '\n';
        var own =
            CsvHeader.read(
                stream,
                output.label(),
                delimiter,
                1,
                "Let `run` write the names of the columns in the first line.");
        if (header == null) {
          header = own;
          pending = false;
          write(own.bytes(), own.bytes().length);
        } else if (!own.names().equals(header.names())) {
          throw new StrategyException(
              "The header of %s is `%s`, not `%s` as before it."
                  .formatted(output.label(), shown(own), shown(header)),
              "Let every fragment write the same header, or use `concat` if there is none.");
        }
        var rows = new CsvRows(output.label(), own);
        for (var read = stream.read(buffer); read > 0; read = stream.read(buffer)) {
          for (var row = 0; row >= 0; ) {
            row = rows.rowEnd(buffer, row, read);
          }
          if (pending) {
            stream().write(header.end().getBytes(StandardCharsets.US_ASCII));
            pending = false;
          }
          write(buffer, read);
        }
        rows.requireClosed();
      }
    }

    private void write(byte[] bytes, int length) throws IOException {
      stream().write(bytes, 0, length);
      last = bytes[length - 1];
    }

    private static String shown(CsvHeader header) {
      var text = LineReader.text(header.names());
      return text.length() > 80 ? text.substring(0, 80) + "..." : text;
    }
  }
}
