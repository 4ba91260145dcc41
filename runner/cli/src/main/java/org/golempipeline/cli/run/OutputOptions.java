package org.golempipeline.cli.run;

import picocli.CommandLine.Option;

/** What a command may replace by results, and whether they can go where they belong. */
final class OutputOptions {
  @Option(
      names = "--overwrite",
      description = "Lets results replace files that are not as an earlier run left them.")
  private boolean overwrite;

  boolean overwrite() {
    return overwrite;
  }
}
