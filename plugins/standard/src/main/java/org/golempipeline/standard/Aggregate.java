package org.golempipeline.standard;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/** One number in the making out of a column. Adding and joining may be done in any order. */
abstract class Aggregate {
  /** What can be worked out, each by its name in a pipeline file. */
  enum Kind {
    SUM,
    MIN,
    MAX,
    MEAN,
    COUNT;

    /** An aggregate of nothing. */
    Aggregate start() {
      return switch (this) {
        case SUM -> new Sum();
        case MIN -> new Extreme(-1);
        case MAX -> new Extreme(1);
        case MEAN -> new Mean();
        case COUNT -> new Count();
      };
    }
  }

  /** Takes in one more number. */
  abstract void add(BigDecimal number);

  abstract String result();

  abstract void write(DataOutput to) throws IOException;

  /** Takes in what another aggregate of the same kind has written. */
  abstract void join(DataInput from) throws IOException;

  private static void writeNumber(BigDecimal number, DataOutput to) throws IOException {
    var digits = number.unscaledValue().toByteArray();
    to.writeInt(number.scale());
    to.writeInt(digits.length);
    to.write(digits);
  }

  private static BigDecimal readNumber(DataInput from) throws IOException {
    var scale = from.readInt();
    var digits = new byte[from.readInt()];
    from.readFully(digits);
    return new BigDecimal(new BigInteger(digits), scale);
  }

  private static final class Sum extends Aggregate {
    private BigDecimal sum = BigDecimal.ZERO;

    @Override
    void add(BigDecimal number) {
      sum = sum.add(number);
    }

    @Override
    String result() {
      return sum.toPlainString();
    }

    @Override
    void write(DataOutput to) throws IOException {
      writeNumber(sum, to);
    }

    @Override
    void join(DataInput from) throws IOException {
      add(readNumber(from));
    }
  }

  private static final class Extreme extends Aggregate {
    private final int sign;
    private BigDecimal extreme = BigDecimal.ZERO;
    private boolean any;

    Extreme(int sign) {
      this.sign = sign;
    }

    /** Of equal numbers the one with more digits, so that the order of adding does not show. */
    @Override
    void add(BigDecimal number) {
      var order = number.compareTo(extreme) * sign;
      if (!any || order > 0 || (order == 0 && number.scale() > extreme.scale())) {
        extreme = number;
        any = true;
      }
    }

    @Override
    String result() {
      return extreme.toPlainString();
    }

    @Override
    void write(DataOutput to) throws IOException {
      writeNumber(extreme, to);
    }

    @Override
    void join(DataInput from) throws IOException {
      add(readNumber(from));
    }
  }

  private static final class Mean extends Aggregate {
    private BigDecimal sum = BigDecimal.ZERO;
    private long count;

    @Override
    void add(BigDecimal number) {
      sum = sum.add(number);
      count++;
    }

    @Override
    String result() {
      var mean = sum.divide(BigDecimal.valueOf(count), MathContext.DECIMAL128);
      return mean.signum() == 0 ? "0" : mean.stripTrailingZeros().toPlainString();
    }

    @Override
    void write(DataOutput to) throws IOException {
      writeNumber(sum, to);
      to.writeLong(count);
    }

    @Override
    void join(DataInput from) throws IOException {
      sum = sum.add(readNumber(from));
      count += from.readLong();
    }
  }

  private static final class Count extends Aggregate {
    private long count;

    @Override
    void add(BigDecimal number) {
      count++;
    }

    @Override
    String result() {
      return Long.toString(count);
    }

    @Override
    void write(DataOutput to) throws IOException {
      to.writeLong(count);
    }

    @Override
    void join(DataInput from) throws IOException {
      count += from.readLong();
    }
  }
}
