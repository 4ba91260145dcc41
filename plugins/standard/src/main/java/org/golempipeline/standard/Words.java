package org.golempipeline.standard;

/** Numbers in sentences. */
final class Words {
  private Words() {}

  /** {@code 1 column}, {@code 1,000 columns}. */
  static String count(long number, String noun) {
    return "%,d %s%s".formatted(number, noun, number == 1 ? "" : "s");
  }
}
