package org.golempipeline.standard;

import java.io.IOException;
import org.golempipeline.strategy.MergeContext;
import org.golempipeline.strategy.Merger;

/**
 * {@code aggregate}: one row for each key over the tables of all outputs, sorted by key bytewise,
 * in the delimiter of the tables. Exact decimals; a mean has 34 digits. More keys than fit into
 * memory go through sorted files.
 */
public final class AggregateMerge extends DescribedMerge {
  private static final String COLUMNS =
      """
      {
        "description": "%s",
        "type": ["integer", "string", "array"],
        "minimum": 1,
        "maximum": 1000000,
        "minLength": 1,
        "minItems": 1,
        "uniqueItems": true,
        "items": {
          "type": ["integer", "string"],
          "minimum": 1,
          "maximum": 1000000,
          "minLength": 1
        }
      }""";

  public AggregateMerge() {
    super(
        "aggregate",
        "2",
        "Joins tables into one row for each key, with sums, counts, extremes and means.",
        Result.FILE);
  }

  @Override
  public String optionsSchema() {
    return """
        {
          "description": "The key and what to work out for it. A column is its number, from 1, or \
        its name in the first line of every output; several are a list.",
          "type": "object",
          "properties": {
            "by": %s,
            "sum": %s,
            "min": %s,
            "max": %s,
            "mean": %s,
            "count": {
              "description": "Whether to count the rows of each key.",
              "type": "boolean"
            },
            "delimiter": %s
          },
          "required": ["by"],
          "anyOf": [
            { "required": ["sum"] },
            { "required": ["min"] },
            { "required": ["max"] },
            { "required": ["mean"] },
            { "required": ["count"] }
          ],
          "additionalProperties": false
        }
        """
        .formatted(
            COLUMNS.formatted("Column or columns that make the key."),
            COLUMNS.formatted("Columns to add up."),
            COLUMNS.formatted("Columns to take the smallest number of."),
            COLUMNS.formatted("Columns to take the largest number of."),
            COLUMNS.formatted("Columns to take the arithmetic mean of."),
            Delimiter.SCHEMA);
  }

  @Override
  public boolean optionsRequired() {
    return true;
  }

  @Override
  public Merger open(MergeContext context) throws IOException {
    return new Aggregation(context);
  }
}
