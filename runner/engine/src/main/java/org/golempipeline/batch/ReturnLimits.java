package org.golempipeline.batch;

/**
 * How much a provider may send back for one batch.
 *
 * @param bytes of the archive, and of all outputs together
 * @param entries files and folders in the archive
 */
public record ReturnLimits(long bytes, int entries) {
  public ReturnLimits {
    if (bytes <= 0 || entries <= 0) {
      throw new IllegalArgumentException("nothing may be returned");
    }
  }
}
