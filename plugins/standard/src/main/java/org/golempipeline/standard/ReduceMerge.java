package org.golempipeline.standard;

import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.Merger;

/** {@code reduce}: an associative command combines the outputs on providers, as a tree. */
public final class ReduceMerge extends DescribedMerge {
  public ReduceMerge() {
    super(
        "reduce",
        "1",
        "Combines outputs on providers: some at a time, then what came of them, until one is left.",
        Result.TREE);
  }

  @Override
  public String optionsSchema() {
    return """
        {
          "description": "The command must be associative: how outputs are grouped makes no \
        difference, their order stays that of the fragments.",
          "type": "object",
          "properties": {
            "run": {
              "description": "Shell text, run on providers. `$in` is a folder with the files to \
        combine, whose names sort in their order; `$out` is the one file to make of them, `$tmp` an \
        empty folder. Params and values are known, variables of single fragments are not.",
              "type": "string",
              "minLength": 1,
              "x-shell": true,
              "x-variables": ["in", "out", "tmp"]
            },
            "fan_in": {
              "description": "Most files to combine at once. Default: 16.",
              "type": "integer",
              "minimum": 2,
              "maximum": 1000
            }
          },
          "required": ["run"],
          "additionalProperties": false
        }
        """;
  }

  @Override
  public boolean optionsRequired() {
    return true;
  }

  @Override
  public Merger open(MergeContext context) {
    throw new UnsupportedOperationException("reduce combines on providers");
  }
}
