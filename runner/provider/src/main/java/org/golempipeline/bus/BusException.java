package org.golempipeline.bus;

/** A call over the bus, or a registration, did not succeed. */
public final class BusException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean mayPass;

  private BusException(String message, boolean mayPass) {
    super(message, null, false, false);
    this.mayPass = mayPass;
  }

  /** Nobody was reached; that may be different the next time. */
  static BusException unreached(String message) {
    return new BusException(message, true);
  }

  /** The other side says no. */
  static BusException refused(String message) {
    return new BusException(message, false);
  }

  /** Whether it may help to try again. */
  public boolean mayPass() {
    return mayPass;
  }

  public String text() {
    return String.valueOf(getMessage());
  }
}
