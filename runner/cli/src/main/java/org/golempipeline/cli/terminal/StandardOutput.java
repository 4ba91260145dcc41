package org.golempipeline.cli.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Standard output, and what kept it from being written: a {@code PrintStream} swallows that. */
public final class StandardOutput extends OutputStream {
  private final OutputStream target = new FileOutputStream(FileDescriptor.out);
  private volatile @Nullable IOException trouble;

  /** The first thing that went wrong; null also if only the reader went away. */
  public @Nullable IOException trouble() {
    return trouble;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      target.write(bytes, offset, length);
    } catch (IOException e) {
      if (trouble == null && !"Broken pipe".equals(e.getMessage())) {
        trouble = e;
      }
      throw e;
    }
  }
}
