package org.golempipeline.batch;

import org.golempipeline.strategy.InputFile;

/**
 * A file in the folder that a stage's {@code setup} and {@code run} start in.
 *
 * @param name relative to that folder, with {@code /}
 * @param executable whether it may be run as a program there
 */
public record SharedFile(String name, InputFile content, boolean executable) {
  public SharedFile {
    ArchivePaths.requireRelative(name);
  }
}
