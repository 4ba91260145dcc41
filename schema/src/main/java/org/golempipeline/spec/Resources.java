package org.golempipeline.spec;

import java.util.List;

/**
 * What a provider must at least have.
 *
 * @param threads processor threads
 * @param memory in bytes
 * @param storage in bytes
 * @param capabilities of the runtime: {@code gpu}, {@code inet}
 */
public record Resources(int threads, long memory, long storage, List<String> capabilities) {
  /** What a stage asks for that says nothing. */
  public static final Resources DEFAULT = new Resources(1, 512L << 20, 2L << 30, List.of());

  public Resources {
    capabilities = List.copyOf(capabilities);
  }
}
