package org.golempipeline.standard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.StrategyException;

/**
 * {@code bytes}: so many bytes a fragment, wherever that cuts; with a delimiter, cut behind the
 * last one that fits, or behind the next if none does. An empty file is one empty fragment.
 */
public final class BytesSplit extends CuttingSplit {
  private static final int WINDOW = 1 << 16;

  public BytesSplit() {
    super(
        "bytes",
        "1",
        "Cuts each file into parts of so many bytes, behind a delimiter if one is given.");
  }

  @Override
  public String optionsSchema() {
    return """
        {
          "description": "The size of a fragment; or, as a map, with what it may be cut behind.",
          "oneOf": [
            {
              "description": "Bytes in a fragment; the last one of a file may have fewer.",
              "type": "string",
              "x-unit": "size"
            },
            {
              "type": "object",
              "properties": {
                "size": {
                  "description": "Most bytes in a fragment, unless one item alone has more.",
                  "type": "string",
                  "x-unit": "size"
                },
                "delimiter": {
                  "description": "The text that ends an item, such as \\"\\\\n\\" or \
        \\"\\\\0\\". Cuts are made only behind it.",
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 1000
                }
              },
              "required": ["size"],
              "additionalProperties": false
            }
          ]
        }
        """;
  }

  @Override
  public List<String> variables(Options options) throws StrategyException {
    size(options);
    return List.of();
  }

  @Override
  public Fragments split(SplitContext context) throws IOException, StrategyException {
    var each = size(context.options());
    var delimiter = context.options().at("delimiter").text();
    var slices = new Slices(context.inputs());
    for (var i = 0; i < context.inputs().size(); i++) {
      var file = slices.begin();
      if (delimiter.isEmpty()) {
        var end = 0L;
        do {
          var start = end;
          end = each < file.size() - start ? start + each : file.size();
          slices.add(start, end);
        } while (end < file.size());
      } else {
        try (var content = Content.openItems(file, delimiter.get())) {
          new Cutter(content, delimiter.get().getBytes(StandardCharsets.UTF_8)).cut(each, slices);
        }
      }
    }
    return slices.fragments();
  }

  private static long size(Options options) throws StrategyException {
    var size = (options.isMap() ? options.at("size") : options).bytes().orElseThrow();
    if (size < 1) {
      throw new StrategyException(
          "A fragment cannot have a size of 0 bytes.", "Write a size such as `64MiB`.");
    }
    return size;
  }

  /** Finds delimiters in one file, looking only near where a cut is due. */
  private static final class Cutter {
    private final Content content;
    private final byte[] delimiter;
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW).limit(0);

    /** Where the window begins in the content. */
    private long base;

    Cutter(Content content, byte[] delimiter) {
      this.content = content;
      this.delimiter = delimiter;
    }

    void cut(long each, Slices slices) throws IOException, StrategyException {
      var start = 0L;
      while (content.size() - start > each) {
        var end = last(start, start + each);
        if (end < 0) {
          end = next(Math.max(start, start + each - delimiter.length + 1));
        }
        slices.add(start, end);
        start = end;
      }
      if (start < content.size() || content.size() == 0) {
        slices.add(start, content.size());
      }
    }

    /** Behind the last delimiter that lies between the two; -1 if none does. */
    private long last(long from, long to) throws IOException {
      var high = to;
      while (high - delimiter.length >= from) {
        var low = Math.max(from, high - WINDOW);
        show(low, high);
        for (var end = high; end - delimiter.length >= low; end--) {
          if (isDelimiter((int) (end - base) - delimiter.length)) {
            return end;
          }
        }
        if (low == from) {
          return -1;
        }
        high = low + delimiter.length - 1;
      }
      return -1;
    }

    /** Behind the first delimiter that begins at or behind {@code from}, else the end. */
    private long next(long from) throws IOException {
      for (var low = from; content.size() - low >= delimiter.length; ) {
        show(low, low + delimiter.length);
        var starts = window.limit() - delimiter.length + 1;
        for (var i = (int) (low - base); i < starts; i++) {
          if (isDelimiter(i)) {
            return base + i + delimiter.length;
          }
        }
        low = base + starts;
      }
      return content.size();
    }

    /** Lets the window hold what lies between the two; it is read anew only if it does not. */
    private void show(long from, long to) throws IOException {
      if (from < base || to > base + window.limit()) {
        content.read(window, from);
        base = from;
      }
    }

    private boolean isDelimiter(int at) {
      for (var i = 0; i < delimiter.length; i++) {
        if (window.get(at + i) != delimiter[i]) {
          return false;
        }
      }
      return true;
    }
  }
}
