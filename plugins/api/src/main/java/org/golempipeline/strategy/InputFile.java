package org.golempipeline.strategy;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A file of the input, or a range within a local file that stands for one: the output of an earlier
 * fragment is read from where it was received.
 *
 * @param file where the bytes are on this machine
 * @param offset where the file's content begins inside {@code file}, in bytes; zero for a plain
 *     file
 * @param size length of the content in bytes
 * @param path the name the user knows it by: relative, with {@code /}, below the literal prefix of
 *     its glob
 */
public record InputFile(Path file, long offset, long size, String path) {
  public InputFile {
    Objects.requireNonNull(file);
    Objects.requireNonNull(path);
    if (offset < 0 || size < 0) {
      throw new IllegalArgumentException("negative offset or size of " + path);
    }
  }

  /** The last segment of {@link #path()}. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** {@link #name()} without its last suffix: {@code talk} of {@code a/talk.mkv}. */
  public String stem() {
    var name = name();
    var dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  /** The last suffix of {@link #name()} with its dot, or empty: {@code .mkv}. */
  public String suffix() {
    return name().substring(stem().length());
  }
}
