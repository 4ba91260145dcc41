package org.golempipeline.spec;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;

/** One variable of {@code matrix} and the values it takes. */
public record MatrixAxis(String name, Values values) {
  public MatrixAxis {
    Objects.requireNonNull(name);
    Objects.requireNonNull(values);
  }

  /** An ordered list of values, stored or computed. */
  public sealed interface Values {
    int count();

    String get(int index);

    /** Whether a value stands in it twice. */
    boolean repeats();
  }

  /** Values as they are written. */
  public record Listed(List<String> items) implements Values {
    public Listed {
      items = List.copyOf(items);
    }

    @Override
    public int count() {
      return items.size();
    }

    @Override
    public String get(int index) {
      return items.get(index);
    }

    @Override
    public boolean repeats() {
      return new HashSet<>(items).size() < items.size();
    }
  }

  /** {@code from..to..step}, its end included if a step leads there exactly, in exact decimals. */
  public record Stepped(BigDecimal from, BigDecimal to, BigDecimal step) implements Values {
    public Stepped {
      if (step.signum() == 0 || to.subtract(from).signum() * step.signum() < 0) {
        throw new IllegalArgumentException("step leads away from the end");
      }
    }

    @Override
    public int count() {
      return Math.addExact(to.subtract(from).divideToIntegralValue(step).intValueExact(), 1);
    }

    @Override
    public String get(int index) {
      return from.add(step.multiply(BigDecimal.valueOf(Objects.checkIndex(index, count()))))
          .toPlainString();
    }

    @Override
    public boolean repeats() {
      return false;
    }
  }
}
