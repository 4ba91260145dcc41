package org.golempipeline.report;

/** Colours, or none of them. */
enum Style {
  BOLD("1"),
  FAINT("2"),
  RED("31"),
  GREEN("32"),
  YELLOW("33"),
  CYAN("36");

  private final String code;

  Style(String code) {
    this.code = code;
  }

  /** {@code text} in this style, if {@code coloured}. */
  String of(String text, boolean coloured) {
    return coloured ? "\033[" + code + "m" + text + "\033[0m" : text;
  }
}
