package org.golempipeline.spec;

import java.math.BigDecimal;

/**
 * When two outputs of the same fragment count as the same.
 *
 * @param form what an output is read as
 * @param tolerance how far two numbers in it may be apart, relative to the larger one; zero for
 *     {@link Form#BYTES} and {@link Form#TEXT}
 */
public record Comparison(Form form, BigDecimal tolerance) {
  /** Every byte. */
  public static final Comparison BYTES = new Comparison(Form.BYTES, BigDecimal.ZERO);

  /** Whether outputs that are the same like this are the same for {@code other} as well. */
  boolean covers(Comparison other) {
    return form == Form.BYTES || form == other.form && tolerance.compareTo(other.tolerance) <= 0;
  }

  /** What an output is read as. */
  public enum Form {
    /** Nothing: every byte counts. */
    BYTES,
    /** Lines: how they end, and blanks at their ends, do not count. */
    TEXT,
    /** JSON: the order of keys and blanks do not count, numbers may differ a little. */
    JSON,
    /** CSV: quoting does not count, numbers may differ a little. */
    CSV
  }
}
