package org.golempipeline.strategy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Runs shell text on the user's own machine. Values reach it as variables, never as text. */
public interface Shell {
  /**
   * Runs {@code text} with {@code /bin/sh}, {@code set -eu} on and the variables whose names occur
   * in the text exported, and waits for it.
   *
   * @param what names the text in messages: {@code merge.command}
   * @throws StrategyException if it exits with another status than zero, with what it wrote to
   *     standard error, or if local commands are forbidden
   */
  void run(String what, String text, Map<String, String> variables, Path folder)
      throws IOException, StrategyException, InterruptedException;
}
