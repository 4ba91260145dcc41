package org.golempipeline.strategy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Map;

/** A file that a fragment left, received and checked. */
public interface FragmentOutput {
  /** The fragment's number in its stage, from 0. */
  int index();

  /** Names the output in messages to the user: its fragment and, if it has one, its input. */
  String label();

  /**
   * The variables of its fragment: those of the split and the {@code matrix}, and {@code path} and
   * {@code stem} if it has an input.
   */
  Map<String, String> variables();

  /** Length in bytes. */
  long size();

  /** Reads it from the start; the caller closes the stream. */
  InputStream open() throws IOException;

  /** Copies all of it to {@code target}, by the kernel where that is possible. */
  void copyTo(WritableByteChannel target) throws IOException;

  /** The output as a file of its own, for programs that need one; made on the first call. */
  Path file() throws IOException;
}
