package org.golempipeline.standard;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.InputFile;
import org.golempipeline.strategy.Piece;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.StrategyException;

/**
 * {@code json}: so many elements of a top-level array a fragment, each fragment an array of its
 * own. Elements stay as they are written. An empty array is one fragment with an empty array.
 */
public final class JsonSplit extends CuttingSplit {
  private static final Piece OPEN = new Piece.Literal("[");
  private static final Piece CLOSE = new Piece.Literal("]\n");

  public JsonSplit() {
    super("json", "1", "Cuts the array in each JSON file into arrays of so many elements.");
  }

  @Override
  public String optionsSchema() {
    return """
        {
          "description": "How the array in a JSON file is cut.",
          "type": "object",
          "properties": {
            "elements": {
              "description": "Elements of the array in a fragment; the last one of a file may \
        have fewer.",
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
          "required": ["elements"],
          "additionalProperties": false
        }
        """
        .formatted(Quota.STABLE);
  }

  @Override
  public Fragments split(SplitContext context) throws IOException, StrategyException {
    var options = context.options();
    var elements = options.at("elements").integer().orElseThrow();
    var slices = new Slices(context.inputs());
    for (var i = 0; i < context.inputs().size(); i++) {
      var file = slices.begin();
      try (var json =
          new JsonScanner(Content.openText(file).stream(), file.size(), "`" + file.path() + "`")) {
        cut(file, json, new Quota(elements, Quota.isStable(options)), slices);
      }
    }
    return slices.fragments((file, slice) -> new Fragment(List.of(OPEN, slice, CLOSE), Map.of()));
  }

  private static void cut(InputFile file, JsonScanner json, Quota quota, Slices slices)
      throws IOException, StrategyException {
    if (json.peek() != '[') {
      throw new StrategyException(
          "`%s` does not hold a JSON array.".formatted(file.path()),
          "For one value a line use `lines`; for whole files use `files`.");
    }
    json.take();
    var empty = json.peek() == ']';
    var start = json.position();
    var end = start;
    var full = false;
    for (var more = !empty; more; ) {
      if (full) {
        slices.add(start, end);
        start = json.position();
      }
      if (quota.isAsked()) {
        json.copyValue(quota.sight());
      } else {
        json.value();
      }
      end = json.position();
      full = quota.ends();
      var next = json.peek();
      more = next == ',';
      if (!more && next != ']') {
        throw json.wrong("lacks `,` or `]`");
      }
      if (more) {
        json.take();
        json.peek();
      }
    }
    json.take();
    if (json.peek() >= 0) {
      throw json.wrong("has something behind the array");
    }
    slices.add(start, end);
  }
}
