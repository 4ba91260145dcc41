package org.golempipeline.standard;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.StrategyException;

/**
 * {@code csv}: so many rows a fragment, each under the header of its file. Quoted fields may hold
 * line ends. A file with a header alone is one fragment, and so is an empty one.
 */
public final class CsvSplit extends CuttingSplit {
  private static final int WINDOW = 1 << 18;

  private static final String ABOVE_HEADER =
      "Set `header` to the number of rows down to the one that names the columns, and `delimiter`;"
          + " every fragment then begins with them. Or remove what stands above the header.";

  public CsvSplit() {
    super(
        "csv",
        "1",
        "Cuts each CSV file after every so many rows; every fragment starts with the header.");
  }

  @Override
  public String optionsSchema() {
    return """
        {
          "description": "How a CSV file is cut.",
          "type": "object",
          "properties": {
            "rows": {
              "description": "Rows in a fragment, the header not counted; the last one of a file \
        may have fewer.",
              "type": "integer",
              "minimum": 1,
              "maximum": 1000000000000000
            },
            "stable": {
              "description": "%s",
              "type": "boolean",
              "default": false
            },
            "header": {
              "description": "Rows at the start of each file that every fragment begins with; the \
        last of them names the columns. Default: 1.",
              "type": "integer",
              "minimum": 1,
              "maximum": 1000,
              "default": 1
            },
            "delimiter": %s
          },
          "required": ["rows"],
          "additionalProperties": false
        }
        """
        .formatted(Quota.STABLE, CsvHeader.DELIMITER_SCHEMA);
  }

  @Override
  public Fragments split(SplitContext context) throws IOException, StrategyException {
    var files = context.inputs();
    var headers = new int[files.size()];
    var slices = new Slices(files);
    var options = context.options();
    for (var i = 0; i < headers.length; i++) {
      var file = slices.begin();
      var header = header(file, options);
      headers[i] = header.bytes().length;
      var rows = new CsvRows("`" + file.path() + "`", header);
      try (var content = Content.open(file)) {
        var quota = new Quota(options.at("rows").integer().orElseThrow(), Quota.isStable(options));
        cut(content, headers[i], quota, rows, slices);
      }
    }
    return slices.fragments((file, slice) -> fragment(headers[file], slice));
  }

  private static CsvHeader header(InputFile file, Options options)
      throws IOException, StrategyException {
    try (var content = Content.openText(file);
        var stream = new BufferedInputStream(content.stream())) {
      return CsvHeader.read(
          stream,
          "`" + file.path() + "`",
          CsvHeader.delimiter(options),
          options.at("header").integer().orElse(1L),
          ABOVE_HEADER);
    }
  }

  private static void cut(Content content, int header, Quota quota, CsvRows rows, Slices slices)
      throws IOException, StrategyException {
    var window = ByteBuffer.allocate(WINDOW);
    var bytes = window.array();
    var start = (long) header;
    for (var base = start; base < content.size(); base += window.limit()) {
      content.read(window, base);
      var row = 0;
      for (var end = 0; (end = rows.rowEnd(bytes, row, window.limit())) >= 0; row = end) {
        quota.see(bytes, row, end);
        if (quota.ends()) {
          slices.add(start, base + end);
          start = base + end;
        }
      }
      quota.see(bytes, row, window.limit());
    }
    rows.requireClosed();
    if (start < content.size() || start == header) {
      slices.add(start, content.size());
    }
  }

  private static Fragment fragment(int header, Piece.Slice slice) {
    var first = new Piece.Slice(slice.file(), 0, header);
    return new Fragment(slice.length() == 0 ? List.of(first) : List.of(first, slice), Map.of());
  }
}
