package org.golempipeline.strategy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a merge may use. */
public interface MergeContext {
  /** The options from the file, checked against {@link Strategy#optionsSchema()}. */
  Options options();

  /** The file to write. It does not exist yet; the runner publishes it by rename once finished. */
  Path target();

  /** An empty folder for the merger's own files; removed after {@link Merger#close}. */
  Path workingFolder();

  /**
   * What the stage reads, in order, as its split was given it: an output's {@code path} variable is
   * the {@link InputFile#path()} of one of them.
   */
  List<InputFile> inputs();

  /** Params and values that shell text in the options may name. */
  Map<String, String> variables();

  /** Runs shell text on this machine, or refuses if the user forbade it. */
  Shell shell();

  /**
   * Tells the user of something that the merge leaves out or alters and that is no error: one
   * sentence. The same sentence is shown once, of different ones the first twenty.
   *
   * @since 1.1
   */
  default void warn(String sentence) {}
}
