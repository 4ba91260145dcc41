package org.golempipeline.strategy;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Part of a fragment's input. */
public sealed interface Piece {
  /** How many bytes of this machine it adds to the fragment's input: none of a remote file. */
  long length();

  /**
   * A range of an input file.
   *
   * @param offset from the start of the file's content, in bytes
   * @param length in bytes
   */
  record Slice(InputFile file, long offset, long length) implements Piece {
    public Slice {
      Objects.requireNonNull(file);
      if (offset < 0 || length < 0 || length > file.size() - offset) {
        throw new IllegalArgumentException(
            "bytes %d to %d of %s, which has %d"
                .formatted(offset, offset + length, file.path(), file.size()));
      }
    }

    /** The whole of {@code file}. */
    public static Slice whole(InputFile file) {
      return new Slice(file, 0, file.size());
    }
  }

  /** Text that stands in no input file, such as the bracket that closes a JSON array. */
  record Literal(String text) implements Piece {
    public Literal {
      Objects.requireNonNull(text);
    }

    @Override
    public long length() {
      return text.getBytes(StandardCharsets.UTF_8).length;
    }
  }
}
