package org.golempipeline.standard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.Regex;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.StrategyException;
import org.jspecify.annotations.Nullable;

/**
 * {@code records}: so many records a fragment, where a record begins with a line that matches.
 * Lines before the first record go with it. An empty file is one empty fragment.
 */
public final class RecordsSplit extends CuttingSplit {
  private static final Pattern LITERAL = Pattern.compile("\\^[\\w>@#%&=:;,<~`'\"!/ -]+");

  public RecordsSplit() {
    super(
        "records",
        "1",
        "Cuts each text file into records that begin with a line of a certain look, like FASTA.");
  }

  @Override
  public String optionsSchema() {
    return """
        {
          "description": "What a record begins with and how many make a fragment.",
          "type": "object",
          "properties": {
            "start": {
              "description": "A regular expression (RE2's) looked for in each line, of which \
        the first 64 KiB count. A line that has it begins a record.",
              "type": "string",
              "minLength": 1
            },
            "every": {
              "description": "Records in a fragment; the last one of a file may have fewer. \
        Default: 1.",
              "type": "integer",
              "minimum": 1,
              "maximum": 1000000000000000,
              "default": 1
            },
            "stable": {
              "description": "%s",
              "type": "boolean",
              "default": false
            }
          },
          "required": ["start"],
          "additionalProperties": false
        }
        """
        .formatted(Quota.STABLE);
  }

  @Override
  public List<String> variables(Options options) throws StrategyException {
    start(options);
    return List.of();
  }

  @Override
  public Fragments split(SplitContext context) throws IOException, StrategyException {
    var start = start(context.options());
    var every = context.options().at("every").integer().orElse(1L);
    var stable = Quota.isStable(context.options());
    var slices = new Slices(context.inputs());
    for (var i = 0; i < context.inputs().size(); i++) {
      var file = slices.begin();
      try (var content = Content.openText(file)) {
        cut(file, content, start, new Quota(every, stable), slices);
      }
    }
    return slices.fragments();
  }

  private static void cut(InputFile file, Content content, Start start, Quota quota, Slices slices)
      throws IOException, StrategyException {
    var lines = new Lines(content);
    var from = 0L;
    var none = true;
    while (lines.next()) {
      if (start.isIn(lines)) {
        if (!none && endsBefore(lines, quota)) {
          slices.add(from, lines.offset());
          from = lines.offset();
        }
        none = false;
      }
    }
    if (none && content.size() > 0) {
      throw new StrategyException(
          "No line of `%s` matches `start: %s`.".formatted(file.path(), start.pattern()),
          "Correct the pattern; it is looked for in each line by itself.");
    }
    slices.add(from, content.size());
  }

  /** The first line of a record tells records apart best. */
  private static boolean endsBefore(Lines line, Quota quota) {
    quota.see(line.buffer, line.from, line.to);
    return quota.ends();
  }

  private static Start start(Options options) throws StrategyException {
    var regex = options.at("start").text().orElseThrow();
    var literal = LITERAL.matcher(regex).matches();
    return new Start(
        Regex.of("start", regex),
        literal ? regex.substring(1).getBytes(StandardCharsets.UTF_8) : null);
  }

  /**
   * What a record begins with.
   *
   * @param prefix the bytes a line must start with, if the pattern says no more than that
   */
  private record Start(Regex pattern, byte @Nullable [] prefix) {
    boolean isIn(Lines line) {
      if (prefix == null) {
        return pattern.isIn(line.text());
      }
      var end = line.from + prefix.length;
      return end <= line.to && Arrays.equals(line.buffer, line.from, end, prefix, 0, prefix.length);
    }
  }

  /** Walks over lines of any length; of each, the first 64 KiB can be looked at. */
  private static final class Lines {
    private static final int SHOWN = 1 << 16;
    private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private final Content content;
    private final byte[] buffer = new byte[4 * SHOWN];
    private final ByteBuffer window = ByteBuffer.wrap(buffer);
    private long base;
    private int limit;
    private int next;
    private int start;
    private int from;
    private int to;
    private boolean ended = true;

    Lines(Content content) {
      this.content = content;
    }

    boolean next() throws IOException {
      while (!ended) {
        next = endOfLine(next, limit);
        ended = next <= limit && next > 0 && buffer[next - 1] == '\n';
        if (!ended && !load()) {
          return false;
        }
      }
      if (limit - next < SHOWN) {
        load();
      }
      if (next >= limit) {
        return false;
      }
      start = next;
      next = endOfLine(start, Math.min(limit, start + SHOWN));
      from = start + markLength();
      ended = buffer[next - 1] == '\n';
      to = ended ? next - 1 : next;
      to = Math.max(from, to);
      to -= to > from && buffer[to - 1] == '\r' ? 1 : 0;
      return true;
    }

    /** Where the line begins in the file. */
    long offset() {
      return base + start;
    }

    String text() {
      return new String(buffer, from, to - from, StandardCharsets.UTF_8);
    }

    /** A byte order mark at the start of the file is no part of its first line. */
    private int markLength() {
      var marked =
          offset() == 0
              && limit >= MARK.length
              && Arrays.equals(buffer, 0, MARK.length, MARK, 0, MARK.length);
      return marked ? MARK.length : 0;
    }

    private int endOfLine(int at, int end) {
      return Math.min(end, LineFeeds.find(buffer, at, end) + 1);
    }

    /** Moves the window on so that it begins at what comes next. */
    private boolean load() throws IOException {
      if (base + limit >= content.size() && limit > 0) {
        return false;
      }
      base += next;
      next = 0;
      content.read(window, base);
      limit = window.limit();
      return limit > 0;
    }
  }
}
