package org.golempipeline.strategy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a split may read. */
public interface SplitContext {
  /** The options from the file, checked against {@link Strategy#optionsSchema()}. */
  Options options();

  /** The input in its order: bytewise by path for globs, as listed otherwise. */
  List<InputFile> inputs();

  /** The folder of the pipeline file: relative paths in options are relative to it. */
  Path base();

  /**
   * An empty folder that lives as long as the run. Only a strategy that makes files that did not
   * exist before ({@code command}) writes there.
   */
  Path workingFolder();

  /** Params and values that shell text in the options may name. */
  default Map<String, String> variables() {
    return Map.of();
  }

  /** Runs shell text on this machine, or refuses if the user forbade it. */
  Shell shell();

  /**
   * Tells the user of something that the split leaves out or alters and that is no error: one
   * sentence that names the input, said before {@link SplitStrategy#split} returns. The same
   * sentence is shown once, of different ones the first twenty.
   *
   * @since 1.1
   */
  default void warn(String sentence) {}
}
