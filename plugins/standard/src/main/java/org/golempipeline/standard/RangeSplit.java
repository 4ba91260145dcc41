package org.golempipeline.standard;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.List;
import org.golempipeline.strategy.Fragment;
import org.golempipeline.strategy.Fragments;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.SplitContext;
import org.golempipeline.strategy.SplitStrategy;
import org.golempipeline.strategy.StrategyException;

/**
 * {@code range}: the numbers from one to before another in steps, as variables. Exact decimals; the
 * fragments are computed when asked for, so a million of them cost nothing.
 */
public final class RangeSplit extends Described implements SplitStrategy {
  private static final int MOST_DIGITS = 1000;

  public RangeSplit() {
    super(
        "range",
        "1",
        "Cuts a range of numbers into steps; each fragment gets its first number and its size.");
  }

  @Override
  public String optionsSchema() {
    return """
        {
          "description": "The range and the variables that carry it.",
          "type": "object",
          "properties": {
            "from": {
              "description": "The first number. Default: 0.",
              "type": "number",
              "default": 0
            },
            "to": {
              "description": "Where the range ends; itself no longer part of it.",
              "type": "number"
            },
            "step": {
              "description": "How much of the range a fragment gets; the last one gets what is \
        left. Default: 1.",
              "type": "number",
              "exclusiveMinimum": 0,
              "default": 1
            },
            "as": {
              "description": "Names of the variables: the fragment's first number and, if two \
        are named, how much of the range it has.",
              "type": ["string", "array"],
              "pattern": "^[a-z][a-z0-9_]*$",
              "items": { "type": "string", "pattern": "^[a-z][a-z0-9_]*$" },
              "minItems": 1,
              "maxItems": 2,
              "uniqueItems": true
            }
          },
          "required": ["to", "as"],
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
    return InputUse.FORBIDDEN;
  }

  @Override
  public InputShape inputShape(Options options) {
    return InputShape.NONE;
  }

  @Override
  public List<String> variables(Options options) {
    return options.at("as").items().stream().map(name -> name.text().orElseThrow()).toList();
  }

  @Override
  public Fragments split(SplitContext context) throws StrategyException {
    var options = context.options();
    var from = number(options, "from", BigDecimal.ZERO);
    var to = number(options, "to", BigDecimal.ZERO);
    var step = number(options, "step", BigDecimal.ONE);
    if (step.signum() <= 0) {
      throw new StrategyException(
          "`step` must be more than 0, not `%s`.".formatted(plain(step)),
          "Write the distance from one fragment to the next.");
    }
    if (from.compareTo(to) > 0) {
      throw new StrategyException(
          "The range begins at `%s`, behind its end `%s`.".formatted(plain(from), plain(to)),
          "Write the smaller number as `from`.");
    }
    var count = to.subtract(from).divide(step, 0, RoundingMode.CEILING);
    if (count.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) > 0) {
      throw new StrategyException(
          "The range gives %s fragments, more than %,d.".formatted(plain(count), Integer.MAX_VALUE),
          "Write a larger `step`.");
    }
    var names = variables(options);
    return Fragments.computed(
        count.intValueExact(), index -> fragment(index, from, to, step, names));
  }

  private static Fragment fragment(
      int index, BigDecimal from, BigDecimal to, BigDecimal step, List<String> names) {
    var first = from.add(step.multiply(BigDecimal.valueOf(index)));
    var values = new LinkedHashMap<String, String>();
    values.put(names.get(0), plain(first));
    if (names.size() > 1) {
      values.put(names.get(1), plain(step.min(to.subtract(first))));
    }
    return new Fragment(List.of(), values);
  }

  private static BigDecimal number(Options options, String key, BigDecimal absent)
      throws StrategyException {
    var number = absent;
    try {
      number = options.at(key).decimal().orElse(absent);
    } catch (IllegalArgumentException e) {
      throw new StrategyException(
          "`%s` must be a number, not `%s`.".formatted(key, options.at(key).value()),
          "Write one such as `10` or `0.5`; the value of a stage must be one as well.");
    }
    if (Math.abs((long) number.scale()) + number.precision() > MOST_DIGITS) {
      throw new StrategyException(
          "`%s` has more than %d digits.".formatted(key, MOST_DIGITS),
          "Write a number of fewer digits.");
    }
    return number;
  }

  private static String plain(BigDecimal number) {
    return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
  }
}
