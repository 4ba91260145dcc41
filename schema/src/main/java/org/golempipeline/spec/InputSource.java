package org.golempipeline.spec;

import java.net.URI;
import org.golempipeline.diagnostic.Range;

/** One line of {@code input}. */
public sealed interface InputSource {
  Range range();

  /**
   * Files that match {@code pattern}, relative to the pipeline file; or that must not. A backslash
   * in it takes the next character literally: values of params are put in that way.
   */
  record Glob(String pattern, boolean exclude, Range range) implements InputSource {}

  /** Exactly this path, whatever characters are in it. */
  record Literal(String path, Range range) implements InputSource {}

  /** A file that the provider fetches itself; {@code hash} is {@code sha3:<hex>}. */
  record Remote(URI url, String hash, Range range) implements InputSource {}
}
