package org.golempipeline.report;

/** A text as one word of a shell command that a user can copy. */
public final class ShellWord {
  private ShellWord() {}

  public static String of(String text) {
    var plain = text.matches("[A-Za-z0-9_./@%+=:,-]+") && !text.startsWith("-");
    return plain ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
