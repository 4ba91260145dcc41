package @package@;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.SplitStrategy;

/** Cuts text files behind every so many paragraphs; empty lines end a paragraph. */
public final class @class@Split implements SplitStrategy {
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
    return "Cuts each text file behind every so many paragraphs.";
  }

  @Override
  public String optionsSchema() {
    return """
        {
          "description": "How many paragraphs a fragment has.",
          "type": "object",
          "properties": {
            "paragraphs": {
              "description": "Paragraphs in a fragment; the last one of a file may have fewer.",
              "type": "integer",
              "minimum": 1
            }
          },
          "required": ["paragraphs"],
          "additionalProperties": false
        }
        """;
  }

  @Override
  public boolean optionsRequired() {
    return true;
  }

  @Override
  public InputUse inputUse() {
    return InputUse.REQUIRED;
  }

  @Override
  public InputShape inputShape(Options options) {
    return InputShape.FILE;
  }

  @Override
  public List<String> variables(Options options) {
    return List.of();
  }

  @Override
  public Fragments split(SplitContext context) throws IOException {
    var most = context.options().at("paragraphs").integer().orElseThrow();
    var fragments = new ArrayList<Fragment>();
    for (var file : context.inputs()) {
      if (file.size() == 0) {
        context.warn("`%s` is empty.".formatted(file.path()));
      }
      var start = 0L;
      for (var end : ends(file, most)) {
        fragments.add(Fragment.of(new Piece.Slice(file, start, end - start)));
        start = end;
      }
    }
    return Fragments.of(fragments);
  }

  /** Where each fragment of a file ends: before a paragraph begins, and at the file's end. */
  private static List<Long> ends(InputFile file, long most) throws IOException {
    var ends = new ArrayList<Long>();
    try (var in = new BufferedInputStream(Files.newInputStream(file.file()))) {
      in.skipNBytes(file.offset());
      var paragraphs = 0L;
      var lineEnds = 2;
      for (var at = 0L; at < file.size(); at++) {
        var next = in.read();
        if (next != '\n' && lineEnds >= 2) {
          if (paragraphs > 0 && paragraphs % most == 0) {
            ends.add(at);
          }
          paragraphs++;
        }
        lineEnds = next == '\n' ? lineEnds + 1 : 0;
      }
    }
    ends.add(file.size());
    return ends;
  }
}
