package org.golempipeline.batch;

/**
 * Where and when a batch runs.
 *
 * @param number of the batch; no other batch in {@code folder} has or had it
 * @param folder on the provider, absolute, where files can be transferred to and from
 * @param first whether this is the first batch of its stage there, so that the shared files go
 *     along and setup runs. Saying so again does no harm.
 */
public record BatchPlace(long number, String folder, boolean first) {
  public BatchPlace {
    if (number < 0) {
      throw new IllegalArgumentException("batch " + number);
    }
    if (!folder.startsWith("/")) {
      throw new IllegalArgumentException("not an absolute folder: " + folder);
    }
  }
}
