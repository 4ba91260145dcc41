package org.golempipeline.golem;

/**
 * Why an agreement is terminated.
 *
 * @param code what the provider's software understands: {@code Success} or {@code Cancelled}
 * @param message for its owner to read
 */
public record EndReason(String code, String message) {
  public static EndReason success(String message) {
    return new EndReason("Success", message);
  }

  public static EndReason cancelled(String message) {
    return new EndReason("Cancelled", message);
  }
}
