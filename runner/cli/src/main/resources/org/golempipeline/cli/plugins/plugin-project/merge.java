package @package@;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import org.golempipeline.strategy.FragmentOutput;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.Merger;

/** Joins outputs with a line between them. */
public final class @class@Merge implements MergeStrategy {
  @Override
  public String name() {
    return "@strategy@";
  }

  @Override
  public String version() {
    return "1";
  }

  @Override
  public String summary() {
    return "Joins the outputs with a line between them.";
  }

  @Override
  public String optionsSchema() {
    return """
        {
          "description": "What stands between two outputs.",
          "type": "object",
          "properties": {
            "separator": {
              "description": "The line between two outputs; empty if left out.",
              "type": "string"
            }
          },
          "additionalProperties": false
        }
        """;
  }

  @Override
  public Result result() {
    return Result.FILE;
  }

  @Override
  public Merger open(MergeContext context) throws IOException {
    var separator = context.options().at("separator").text().orElse("") + "\n";
    var target =
        FileChannel.open(
            context.target(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return new Joiner(target, separator.getBytes(StandardCharsets.UTF_8));
  }

  private static final class Joiner implements Merger {
    private final FileChannel target;
    private final byte[] separator;
    private boolean isFirst = true;

    Joiner(FileChannel target, byte[] separator) {
      this.target = target;
      this.separator = separator;
    }

    @Override
    public void add(FragmentOutput output) throws IOException {
      if (!isFirst) {
        var line = ByteBuffer.wrap(separator);
        while (line.hasRemaining()) {
          target.write(line);
        }
      }
      isFirst = false;
      output.copyTo(target);
    }

    @Override
    public void finish() {}

    @Override
    public void close() throws IOException {
      target.close();
    }
  }
}
