package org.golempipeline.standard;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.StrategyException;

/**
 * {@code lines}: so many lines a fragment, or about so many where the text says so, or so many
 * fragments of whole lines a file. A line ends with a line feed, so CRLF stays with its line; the
 * last one may lack it. An empty file is one empty fragment: no input file goes unanswered.
 */
public final class LinesSplit extends CuttingSplit {
  private static final int WINDOW = 1 << 19;
  private static final int SMALL_WINDOW = 1 << 14;

  public LinesSplit() {
    super(
        "lines",
        "1",
        "Cuts each text file after every so many lines, or into so many parts of whole lines.");
  }

  @Override
  public String optionsSchema() {
    return """
        {
          "description": "How many lines a fragment has; or, as a map, how many parts a file, or \
        about how many lines a fragment.",
          "oneOf": [
            {
              "description": "Lines in a fragment; the last one of a file may have fewer.",
              "type": "integer",
              "minimum": 1,
              "maximum": 1000000000000000
            },
            {
              "type": "object",
              "properties": {
                "into": {
                  "description": "Parts each file is cut into, of about the same size in bytes. \
        A file with fewer lines gives fewer parts.",
                  "type": "integer",
                  "minimum": 1,
                  "maximum": 1000000
                }
              },
              "required": ["into"],
              "additionalProperties": false
            },
            {
              "type": "object",
              "properties": {
                "every": {
                  "description": "Lines in a fragment, as the number alone would say.",
                  "type": "integer",
                  "minimum": 1,
                  "maximum": 1000000000000000
                },
                "stable": {
                  "description": "%s",
                  "type": "boolean",
                  "default": false
                }
              },
              "required": ["every"],
              "additionalProperties": false
            }
          ]
        }
        """
        .formatted(Quota.STABLE);
  }

  @Override
  public Fragments split(SplitContext context) throws IOException, StrategyException {
    var options = context.options();
    var into = options.at("into").integer();
    var window = ByteBuffer.allocateDirect(into.isPresent() ? SMALL_WINDOW : WINDOW);
    var slices = new Slices(context.inputs());
    for (var i = 0; i < context.inputs().size(); i++) {
      try (var content = Content.openText(slices.begin())) {
        if (into.isPresent()) {
          cutInto(into.get(), content, window, slices);
        } else {
          var lines = options.at("every").integer().or(options::integer).orElseThrow();
          cutEvery(new Quota(lines, Quota.isStable(options)), content, window, slices);
        }
      }
    }
    return slices.fragments();
  }

  private static void cutEvery(Quota quota, Content content, ByteBuffer window, Slices slices)
      throws IOException, StrategyException {
    var start = 0L;
    for (var base = 0L; base < content.size(); base += window.limit()) {
      content.read(window, base);
      var scan = new LineFeeds(window);
      while (passPlain(quota, scan)) {
        var line = scan.position();
        var ended = scan.skip(1);
        quota.see(window, line, scan.position());
        if (!ended) {
          break;
        }
        if (quota.ends()) {
          slices.add(start, base + scan.position());
          start = base + scan.position();
        }
      }
    }
    addRest(start, content, slices);
  }

  /** Goes over the lines that end no fragment; answers whether all of them were there. */
  private static boolean passPlain(Quota quota, LineFeeds scan) {
    var plain = quota.plain();
    var all = plain == 0 || scan.skip(plain);
    quota.pass(all ? plain : scan.seen());
    return all;
  }

  /** Cuts after the first line that ends at or behind each of the even parts. */
  private static void cutInto(long parts, Content content, ByteBuffer window, Slices slices)
      throws IOException, StrategyException {
    var size = content.size();
    var start = 0L;
    for (var part = 1L; part < parts; part++) {
      var target = size / parts * part + size % parts * part / parts;
      if (target <= start) {
        continue;
      }
      var end = lineEnd(content, target - 1, window);
      if (end >= size) {
        break;
      }
      slices.add(start, end);
      start = end;
    }
    addRest(start, content, slices);
  }

  /** Where the line ends that {@code position} lies in: behind its line feed, or at the end. */
  private static long lineEnd(Content content, long position, ByteBuffer window)
      throws IOException {
    for (var base = position; base < content.size(); base += window.limit()) {
      content.read(window, base);
      var scan = new LineFeeds(window);
      if (scan.skip(1)) {
        return base + scan.position();
      }
    }
    return content.size();
  }

  private static void addRest(long start, Content content, Slices slices) throws StrategyException {
    if (start < content.size() || content.size() == 0) {
      slices.add(start, content.size());
    }
  }
}
