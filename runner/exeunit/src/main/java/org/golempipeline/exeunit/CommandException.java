package org.golempipeline.exeunit;

/** A command of a script failed; the message goes into its result. */
final class CommandException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int returnCode;

  CommandException(String message) {
    this(-1, message);
  }

  CommandException(int returnCode, String message) {
    super(message, null, false, false);
    this.returnCode = returnCode;
  }

  int returnCode() {
    return returnCode;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
