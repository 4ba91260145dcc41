package org.golempipeline.strategy.testing;

import java.util.List;
import org.golempipeline.strategy.Options;

/**
 * Something to merge.
 *
 * @param name says what it shows
 * @param outputs content of the fragments' outputs, in order
 */
public record MergeCase(String name, Options options, List<String> outputs, String result) {
  public MergeCase {
    outputs = List.copyOf(outputs);
  }

  /** A case whose options are written in JSON. */
  public static MergeCase of(String name, String options, List<String> outputs, String result) {
    return new MergeCase(name, JsonText.options(options), outputs, result);
  }
}
