package org.golempipeline.spec;

import java.util.List;
import java.util.function.Function;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.MergeStrategy;
import org.golempipeline.strategy.Merger;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.StrategyException;

/** Strategies that have options and nothing else, for tests of how files are read. */
final class TestStrategies {
  private static final String NO_OPTIONS =
      """
      { "type": "object", "properties": {}, "additionalProperties": false }""";
  private static final String SIZE =
      """
      { "type": "string", "x-unit": "size", "pattern": "^[0-9]+(\\\\.[0-9]+)?\\\\s*(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$" }""";
  private static final String SHELL =
      """
      { "description": "Shell text.", "type": "string", "x-shell": true, "x-variables": [%s] }""";

  private TestStrategies() {}

  static Strategies all() {
    return new Strategies(splits(), merges());
  }

  private static List<SplitStrategy> splits() {
    return List.of(
        split("none", NO_OPTIONS, false, SplitStrategy.InputUse.OPTIONAL),
        split(
            "files",
            """
            {
              "type": "object",
              "properties": {
                "group": { "description": "Files in a fragment.", "type": "integer", "minimum": 1 },
                "size": %s,
                "by": { "description": "A pattern.", "type": "string" },
                "exactly": { "description": "Files in a group.", "type": "integer", "minimum": 1 }
              },
              "oneOf": [ { "required": ["group"] }, { "required": ["size"] }, { "required": ["by"] } ],
              "dependentRequired": { "exactly": ["by"] },
              "additionalProperties": false
            }"""
                .formatted(SIZE),
            false,
            SplitStrategy.InputUse.REQUIRED),
        split(
            "lines",
            """
            {
              "oneOf": [
                { "type": "integer", "minimum": 1 },
                {
                  "type": "object",
                  "properties": { "into": { "description": "Parts of a file.", "type": "integer", "minimum": 1 } },
                  "required": ["into"],
                  "additionalProperties": false
                }
              ],
              "examples": [50000]
            }""",
            true,
            SplitStrategy.InputUse.REQUIRED),
        split(
            "bytes",
            """
            {
              "anyOf": [
                { "$ref": "#/$defs/size" },
                {
                  "type": "object",
                  "properties": { "size": { "$ref": "#/$defs/size" }, "delimiter": { "type": "string" } },
                  "required": ["size"],
                  "additionalProperties": false
                }
              ],
              "$defs": { "size": %s }
            }"""
                .formatted(SIZE),
            true,
            SplitStrategy.InputUse.REQUIRED),
        split(
            "range",
            """
            {
              "type": "object",
              "properties": {
                "from": { "description": "First.", "type": "number" },
                "to": { "description": "After the last.", "type": "number" },
                "step": { "description": "At once.", "type": "number", "exclusiveMinimum": 0, "maximum": 1000000, "multipleOf": 0.5 },
                "as": {
                  "description": "Names.",
                  "type": "array",
                  "items": { "type": "string", "pattern": "^[a-z][a-z0-9_]*$" },
                  "minItems": 1,
                  "maxItems": 2,
                  "uniqueItems": true
                }
              },
              "required": ["to", "as"],
              "additionalProperties": false
            }""",
            true,
            SplitStrategy.InputUse.FORBIDDEN),
        split("table", "{ \"type\": \"string\" }", true, SplitStrategy.InputUse.FORBIDDEN),
        split(
            "command",
            SHELL.formatted("\"in\", \"list\", \"outdir\""),
            true,
            SplitStrategy.InputUse.OPTIONAL),
        split(
            "media/segments",
            """
            {
              "type": "object",
              "properties": {
                "length": { "type": "string", "x-unit": "duration", "pattern": "^[0-9]+(\\\\.[0-9]+)?\\\\s*(ms|s|m|h|d)$" },
                "mode": { "enum": ["fast", "exact"] }
              },
              "required": ["length"],
              "additionalProperties": false
            }""",
            true,
            SplitStrategy.InputUse.REQUIRED));
  }

  private static List<MergeStrategy> merges() {
    return List.of(
        merge("collect", NO_OPTIONS, false, MergeStrategy.Result.FILES),
        merge("concat", NO_OPTIONS, false, MergeStrategy.Result.FILE),
        merge("sum", NO_OPTIONS, false, MergeStrategy.Result.FILE),
        merge("value", NO_OPTIONS, false, MergeStrategy.Result.VALUE),
        merge("first", NO_OPTIONS, false, MergeStrategy.Result.FIRST),
        merge(
            "aggregate",
            """
            {
              "type": "object",
              "properties": {
                "by": { "description": "Column.", "type": ["integer", "string", "array"] },
                "sum": { "description": "Column.", "type": ["integer", "string", "array"] }
              },
              "required": ["by"],
              "additionalProperties": false
            }""",
            true,
            MergeStrategy.Result.FILE),
        merge(
            "reduce",
            """
            {
              "type": "object",
              "properties": {
                "run": %s,
                "fan_in": { "description": "At once.", "type": "integer", "minimum": 2, "maximum": 1000 }
              },
              "required": ["run"],
              "additionalProperties": false
            }"""
                .formatted(SHELL.formatted("\"in\", \"out\", \"tmp\"")),
            true,
            MergeStrategy.Result.TREE),
        merge("command", SHELL.formatted("\"list\", \"out\""), true, MergeStrategy.Result.FILE),
        merge(
            "vendor/silent",
            """
            { "type": "object", "properties": { "each": { "type": "array", "items": { "type": "string", "x-shell": true } } } }""",
            true,
            MergeStrategy.Result.FILE),
        merge(
            "vendor/tool",
            "{ \"type\": \"object\", \"x-local-commands\": true, \"additionalProperties\": false }",
            false,
            MergeStrategy.Result.FILE));
  }

  private static SplitStrategy split(
      String name, String schema, boolean required, SplitStrategy.InputUse use) {
    return new Split(name, schema, required, use);
  }

  private static MergeStrategy merge(
      String name, String schema, boolean required, MergeStrategy.Result result) {
    return new Merge(name, schema, required, result);
  }

  private record Split(
      String name, String optionsSchema, boolean optionsRequired, InputUse inputUse)
      implements SplitStrategy {
    private static final Function<Options, List<String>> NAMES =
        options -> options.items().stream().map(each -> each.text().orElseThrow()).toList();

    @Override
    public String version() {
      return "1";
    }

    @Override
    public String summary() {
      return "The split " + name + ".";
    }

    @Override
    public InputShape inputShape(Options options) {
      if (inputUse == InputUse.FORBIDDEN) {
        return InputShape.NONE;
      }
      var isFolder = name.equals("none") || name.equals("files") && options.isPresent();
      return isFolder ? InputShape.FOLDER : InputShape.FILE;
    }

    @Override
    public List<String> variables(Options options) throws StrategyException {
      if (name.equals("range") && options.at("to").value() instanceof java.math.BigDecimal to) {
        if (to.compareTo(options.at("from").decimal().orElse(java.math.BigDecimal.ZERO)) < 0) {
          throw new StrategyException("The range ends before it begins.", "Swap `from` and `to`.");
        }
      }
      return NAMES.apply(options.at("as"));
    }

    @Override
    public Fragments split(SplitContext context) {
      throw new UnsupportedOperationException();
    }
  }

  private record Merge(String name, String optionsSchema, boolean optionsRequired, Result result)
      implements MergeStrategy {
    @Override
    public String version() {
      return "1";
    }

    @Override
    public String summary() {
      return "The merge " + name + ".";
    }

    @Override
    public Merger open(MergeContext context) {
      throw new UnsupportedOperationException();
    }
  }
}
