package org.golempipeline.strategy;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;
import org.golempipeline.plainfile.PlainFile;
import org.jspecify.annotations.Nullable;

/**
 * A file of the input, or a range within a local file that stands for one: the output of an earlier
 * fragment is read from where it was received. Or a file of the web that is never here: the
 * provider fetches it, so that a strategy can only hand it out whole, as {@link Piece.Slice#whole}.
 *
 * @param file where the bytes are on this machine; asking a remote file for it throws {@link
 *     IllegalStateException}
 * @param offset where the file's content begins inside {@code file}, in bytes; zero for a plain
 *     file
 * @param size length of the content in bytes; zero for a remote file, whose size nobody knows here
 * @param path the name the user knows it by: relative, with {@code /}, below the literal prefix of
 *     its glob; of a remote file the last segment of its address
 * @param remote where the provider fetches it, null for a file of this machine
 */
public record InputFile(Path file, long offset, long size, String path, @Nullable Remote remote) {
  /** Stands where a path must and there is none; nobody gets to see it. */
  private static final Path NOWHERE = Path.of("");

  public InputFile {
    Objects.requireNonNull(file);
    Objects.requireNonNull(path);
    if (offset < 0 || size < 0) {
      throw new IllegalArgumentException("negative offset or size of " + path);
    }
    if (remote != null && (offset != 0 || size != 0)) {
      throw new IllegalArgumentException("offset or size of the remote file " + path);
    }
  }

  /** A file of this machine. */
  public InputFile(Path file, long offset, long size, String path) {
    this(file, offset, size, path, null);
  }

  /**
   * Where a provider fetches a file.
   *
   * @param url with {@code http} or {@code https}
   * @param sha3 hash of the content in lower-case hex; its length tells which SHA3
   */
  public record Remote(URI url, String sha3) {
    public Remote {
      Objects.requireNonNull(url);
      Objects.requireNonNull(sha3);
    }
  }

  /** A file that the provider fetches itself. */
  public static InputFile remote(Remote remote, String path) {
    return new InputFile(NOWHERE, 0, 0, path, Objects.requireNonNull(remote));
  }

  @Override
  public Path file() {
    if (remote != null) {
      throw new IllegalStateException(remote.url() + " is not on this machine");
    }
    return file;
  }

  /**
   * Opens {@link #file()} for reading; the content begins at {@link #offset()}. What is no plain
   * file any more is refused: opening a pipe could wait for ever.
   */
  public FileChannel open() throws IOException {
    return PlainFile.open(file());
  }

  /** The same content under another name. */
  public InputFile withPath(String other) {
    return new InputFile(file, offset, size, other, remote);
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
