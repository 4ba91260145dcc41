package org.golempipeline.laws;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.golempipeline.spec.StrategyUse;
import org.golempipeline.strategy.Options;
import org.golempipeline.strategy.Quantities;
import org.jspecify.annotations.Nullable;

/**
 * The option of a split that says how large its fragments are. No list tells which that is, since
 * plugins have theirs: it is the one whose change changes how many fragments there are.
 *
 * @param key of the option; null if the split's value is a bare number or size
 * @param size whether it is written as a size, with a unit
 * @param inverse whether it counts fragments, so that more of it makes them smaller
 */
record SizeKnob(@Nullable String key, boolean size, boolean inverse) {
  private static final Pattern SIZE = Pattern.compile(Quantities.SIZE_PATTERN);
  private static final long LARGEST = 1L << 50;

  /** Factors by which a value is changed until something happens. */
  private static final long[] FACTORS = {2, 8, 64, 512, 4096, 1 << 20};

  /** Counts the fragments under other options; negative if the split refuses them. */
  interface Counter {
    int count(StrategyUse use);
  }

  /** The option of {@code use}, null if none is found. */
  static @Nullable SizeKnob find(StrategyUse use, Counter counter) {
    var before = counter.count(use);
    for (var knob : candidates(use.options().value())) {
      var inverse = knob.isInverse(use, before, counter);
      if (inverse != null) {
        return new SizeKnob(knob.key, knob.size, inverse);
      }
    }
    return null;
  }

  private static List<SizeKnob> candidates(@Nullable Object value) {
    var found = new ArrayList<SizeKnob>();
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, each) -> {
            if (isNumber(each) || isSize(each)) {
              found.add(new SizeKnob((String) key, isSize(each), false));
            }
          });
    } else if (isNumber(value) || isSize(value)) {
      found.add(new SizeKnob(null, isSize(value), false));
    }
    return found;
  }

  private static boolean isNumber(@Nullable Object value) {
    return value instanceof BigDecimal number
        && number.signum() > 0
        && number.compareTo(BigDecimal.valueOf(LARGEST)) <= 0
        && number.stripTrailingZeros().scale() <= 0;
  }

  private static boolean isSize(@Nullable Object value) {
    return value instanceof String text && SIZE.matcher(text).matches();
  }

  /** Whether less of it makes fewer fragments; null if nothing changes them. */
  private @Nullable Boolean isInverse(StrategyUse use, int before, Counter counter) {
    var value = value(use);
    var last = value;
    for (var factor : FACTORS) {
      var smaller = Math.max(1, value / factor);
      var count = smaller == last ? -1 : counter.count(with(use, smaller));
      if (count < 0) {
        break;
      }
      if (count != before) {
        return count < before;
      }
      last = smaller;
    }
    for (var factor : FACTORS) {
      var count = counter.count(with(use, larger(value, factor)));
      if (count < 0) {
        break;
      }
      if (count != before) {
        return count > before;
      }
    }
    return null;
  }

  private static long larger(long value, long factor) {
    return value > LARGEST / factor ? LARGEST : value * factor;
  }

  /** What the option is set to. */
  long value(StrategyUse use) {
    var option = key == null ? use.options() : use.options().at(key);
    return (size ? option.bytes() : option.integer()).orElseThrow();
  }

  /** The same split with the option set to something else. */
  StrategyUse with(StrategyUse use, long value) {
    Object written = size ? value + "B" : (Object) BigDecimal.valueOf(value);
    if (key == null) {
      return new StrategyUse(use.name(), new Options(written), use.range());
    }
    var options = new LinkedHashMap<String, @Nullable Object>();
    if (use.options().value() instanceof Map<?, ?> map) {
      map.forEach((name, each) -> options.put((String) name, each));
    }
    options.put(key, written);
    return new StrategyUse(use.name(), new Options(options), use.range());
  }

  /** Fragments that are about {@code factor} times smaller. */
  StrategyUse finer(StrategyUse use, long factor) {
    var value = value(use);
    return with(use, inverse ? larger(value, factor) : Math.max(1, value / factor));
  }

  /** Fragments that are about {@code factor} times larger. */
  StrategyUse coarser(StrategyUse use, long factor) {
    var value = value(use);
    return with(use, inverse ? Math.max(1, value / factor) : larger(value, factor));
  }

  /** Fragments as large as can be, of an input of so many bytes. */
  StrategyUse coarsest(StrategyUse use, long bytes) {
    return with(use, inverse ? 1 : Math.max(value(use), Math.min(LARGEST, bytes + 1)));
  }

  /** As a pipeline file would say it. */
  String written(StrategyUse use) {
    var value = value(use) + (size ? "B" : "");
    return key == null
        ? "%s: %s".formatted(use.name(), value)
        : "%s: { %s: %s }".formatted(use.name(), key, value);
  }
}
