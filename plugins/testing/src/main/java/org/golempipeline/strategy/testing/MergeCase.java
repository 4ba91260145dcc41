package org.golempipeline.strategy.testing;

import java.util.List;
import org.golempipeline.strategy.Options;

/**
 * Something to merge.
 *
 * @param name says what it shows
 * @param outputs content of the fragments' outputs, in order
 * @param warnings what the merge tells the user of it
 */
public record MergeCase(
    String name, Options options, List<String> outputs, String result, List<String> warnings) {
  public MergeCase {
    outputs = List.copyOf(outputs);
    warnings = List.copyOf(warnings);
  }

  /** A case that is nothing to warn of. */
  public MergeCase(String name, Options options, List<String> outputs, String result) {
    this(name, options, outputs, result, List.of());
  }

  /** A case whose options are written in JSON. */
  public static MergeCase of(String name, String options, List<String> outputs, String result) {
    return new MergeCase(name, JsonText.options(options), outputs, result);
  }

  /** With what the merge must tell the user of it. */
  public MergeCase warning(String... sentences) {
    return new MergeCase(name, options, outputs, result, List.of(sentences));
  }
}
