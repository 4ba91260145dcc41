package org.golempipeline.exeunit;

/** A call of a requestor's file service failed. */
public final class TransferException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean mayPass;

  private TransferException(String message, boolean mayPass) {
    super(message, null, false, false);
    this.mayPass = mayPass;
  }

  /** The connection broke; it may help to try again. */
  public static TransferException broken(String message) {
    return new TransferException(message, true);
  }

  /** It will fail again. */
  public static TransferException refused(String message) {
    return new TransferException(message, false);
  }

  boolean mayPass() {
    return mayPass;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
